/** Takes a script apart into its statements, by what a database's text is made of. */

/** What a database's text is made of, as far as the end of a statement and the places of values depend on it. */
export interface Lexis {
  /** `\'` in a text doesn't end it. */
  readonly hasBackslashEscapes: boolean;
  /** `# comment` to the end of the line. */
  readonly hasHashComments: boolean;
  /** `$tag$ … $tag$` is a text. */
  readonly hasDollarQuotes: boolean;
  /** `[name]` is a name. */
  readonly hasBrackets: boolean;
  /** A comment may stand in a comment. */
  readonly hasNestedComments: boolean;
  /** `--` begins a comment before a space only. */
  readonly needsSpaceInComments: boolean;
  /** `?` is an operator. */
  readonly hasQuestionOperators?: boolean;
}

export interface ScriptStatement {
  /** Without the semicolon, and without comments before its first word. */
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** What stands between it and the statement before: comments, if anything. */
  readonly lead: string;
}

/** A line of MySQL's client, which says what ends the statements behind it. */
const DELIMITER = /delimiter[ \t]+(\S+)[ \t]*(?:\r?\n|$)/iy;
const WORD = /[A-Za-z_][\w$]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
/** What is created with statements inside. */
const BODIES = new Set(["event", "function", "package", "procedure", "trigger"]);
/** `end if` and the like end what isn't counted. */
const INNER_ENDS = new Set(["for", "if", "loop", "repeat", "while"]);

function lineBreaks(text: string): number {
  return text.split("\n").length - 1;
}

class Splitter {
  readonly #script: string;
  readonly #lexis: Lexis;
  readonly #statements: ScriptStatement[] = [];
  #at = 0;
  /** Where the statement's first word stands; -1 before it. */
  #start = -1;
  #delimiter = ";";
  /** The words of the statement so far, as long as they tell whether it has a body. */
  #words: string[] = [];
  /** How many `begin` and `case` are open. */
  #depth = 0;
  #lastWord = "";
  #line = 1;
  /** Where the statement before ended. */
  #end = 0;
  /** Up to where the lines are counted. */
  #counted = 0;

  constructor(script: string, lexis: Lexis) {
    this.#script = script;
    this.#lexis = lexis;
  }

  split(): ScriptStatement[] {
    const script = this.#script;
    while (this.#at < script.length) this.#step();
    this.#finish(script.length);
    return this.#statements;
  }

  #step(): void {
    const script = this.#script;
    const char = script[this.#at]!;
    if (this.#skipComment(char)) return;
    if (this.#start === -1) {
      if (/\s/.test(char)) {
        this.#at++;
        return;
      }
      if (this.#readDelimiter()) return;
    }
    if (this.#depth === 0 && script.startsWith(this.#delimiter, this.#at)) {
      this.#finish(this.#at);
      this.#at += this.#delimiter.length;
      return;
    }
    if (this.#start === -1) this.#start = this.#at;
    if (char === "'" || char === '"' || char === "`") this.#skipQuoted(char);
    else if (char === "[" && this.#lexis.hasBrackets) this.#skipBrackets();
    else if (char === "$" && this.#lexis.hasDollarQuotes) this.#skipDollarQuoted();
    else if (!this.#readWord()) this.#at++;
  }

  /** @returns Whether there was one. */
  #skipComment(char: string): boolean {
    const script = this.#script;
    const next = script[this.#at + 1];
    const isLine =
      (char === "#" && this.#lexis.hasHashComments) ||
      (char === "-" &&
        next === "-" &&
        (!this.#lexis.needsSpaceInComments || /\s|^$/.test(script[this.#at + 2] ?? "")));
    if (isLine) {
      const end = script.indexOf("\n", this.#at);
      this.#at = end === -1 ? script.length : end;
      return true;
    }
    // The server executes what stands in `/*! … */` and `/*M! … */`.
    if (char !== "/" || next !== "*" || /^(?:!|M!)/.test(script.slice(this.#at + 2, this.#at + 4)))
      return false;
    let depth = 1;
    this.#at += 2;
    while (depth > 0 && this.#at < script.length) {
      if (script.startsWith("*/", this.#at)) {
        depth--;
        this.#at += 2;
      } else if (this.#lexis.hasNestedComments && script.startsWith("/*", this.#at)) {
        depth++;
        this.#at += 2;
      } else this.#at++;
    }
    return true;
  }

  #readDelimiter(): boolean {
    DELIMITER.lastIndex = this.#at;
    const match = DELIMITER.exec(this.#script);
    if (match === null) return false;
    this.#delimiter = match[1]!;
    this.#at = DELIMITER.lastIndex;
    return true;
  }

  #skipQuoted(quote: string): void {
    const script = this.#script;
    const escapes =
      quote !== "`" && (this.#lexis.hasBackslashEscapes || (quote === "'" && this.#isEscapeText()));
    this.#at++;
    while (this.#at < script.length) {
      const char = script[this.#at]!;
      if (char === "\\" && escapes) this.#at += 2;
      else if (char !== quote) this.#at++;
      else if (script[this.#at + 1] === quote) this.#at += 2;
      else break;
    }
    this.#at++;
  }

  #skipBrackets(): void {
    const end = this.#script.indexOf("]", this.#at);
    this.#at = end === -1 ? this.#script.length : end + 1;
  }

  /** PostgreSQL's `E'…'`. */
  #isEscapeText(): boolean {
    const before = this.#script.slice(Math.max(0, this.#at - 2), this.#at);
    return this.#lexis.hasDollarQuotes && /(?:^|[^\w$])[eE]$/.test(before);
  }

  #skipDollarQuoted(): void {
    DOLLAR_TAG.lastIndex = this.#at;
    const tag = DOLLAR_TAG.exec(this.#script)?.[0];
    const isInWord = /[\w$]/.test(this.#script[this.#at - 1] ?? "");
    if (tag === undefined || isInWord) {
      this.#at++;
      return;
    }
    const end = this.#script.indexOf(tag, this.#at + tag.length);
    this.#at = end === -1 ? this.#script.length : end + tag.length;
  }

  #readWord(): boolean {
    WORD.lastIndex = this.#at;
    const match = WORD.exec(this.#script);
    if (match === null || /[\w$]/.test(this.#script[this.#at - 1] ?? "")) return false;
    const word = match[0].toLowerCase();
    if (this.#hasBody(word)) this.#count(word);
    else if (this.#words.length < 24) this.#words.push(word);
    this.#lastWord = word;
    this.#at = WORD.lastIndex;
    return true;
  }

  /** Whether the statement has others inside, which its words up to here tell. */
  #hasBody(word: string): boolean {
    if (this.#depth > 0) return true;
    if (word !== "begin") return false;
    const [first] = this.#words;
    // MariaDB's block is `begin not atomic … end`.
    if (first === undefined) return /^begin\s+not\b/i.test(this.#script.slice(this.#at));
    return first === "create" && this.#words.some((known) => BODIES.has(known));
  }

  #count(word: string): void {
    if (word === "begin" || (word === "case" && this.#lastWord !== "end")) this.#depth++;
    else if (word === "end" && !this.#endsInner()) this.#depth--;
  }

  #endsInner(): boolean {
    const [, next = ""] = /^end\s+(\w+)/i.exec(this.#script.slice(this.#at, this.#at + 40)) ?? [];
    return INNER_ENDS.has(next.toLowerCase());
  }

  #finish(end: number): void {
    if (this.#start !== -1) {
      this.#line += lineBreaks(this.#script.slice(this.#counted, this.#start));
      this.#counted = this.#start;
      const text = this.#script.slice(this.#start, end).trimEnd();
      const lead = this.#script.slice(this.#end, this.#start);
      this.#statements.push({ text, line: this.#line, lead });
      this.#end = Math.min(end + this.#delimiter.length, this.#script.length);
    }
    this.#start = -1;
    this.#words = [];
    this.#depth = 0;
    this.#lastWord = "";
  }
}

/**
 * The statements of a script, in their order. A semicolon in a text, in a comment, or in the body of a trigger or a
 * procedure ends none; `delimiter` lines of MySQL's client are understood.
 */
export function splitScript(script: string, lexis: Lexis): ScriptStatement[] {
  return new Splitter(script, lexis).split();
}
