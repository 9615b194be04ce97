import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { breakLines } from "../../scripts/break-lines.ts";

function run(code: string): unknown {
  return runInThisContext(`(() => {${code.replace(/^export\{\};/, "")}})()`);
}

test("long lines end where that changes nothing", () => {
  const parts = Array.from({ length: 60 }, (_, at) => `n${at}:()=>{let x=${at},y=1;return y,x}`);
  const code = `const all={${parts.join()}};let sum=0;for(const f of Object.values(all))sum+=f();`;
  const broken = breakLines({ code: `export{};${code}`, mappings: "" });

  expect(broken.code.replaceAll("\n", "")).toBe(`export{};${code}`);
  for (const line of broken.code.split("\n")) expect(line.length).toBeLessThan(220);
  expect(broken.mappings).toBe(";".repeat(broken.code.split("\n").length - 1));
  expect(run(`${broken.code}return sum`)).toBe(1_770);
});

test("nothing is put into a text, nor behind a return", () => {
  const long = "a;b,c ".repeat(60);
  const code = `const f=()=>{return{a:1,b:[1,2]}};const t=\`${long}\n\${[1,2].join()}${long}\`;const g=()=>{return(1,f())};`;
  const broken = breakLines({ code, mappings: ";" });

  expect(run(`${broken.code}return [t,g()]`)).toEqual([`${long}\n1,2${long}`, { a: 1, b: [1, 2] }]);
});

test("the source map tells the same places", () => {
  // Each statement is 10 characters long and on a line of its own in the source: column + 10, line + 1.
  const statements = Array.from({ length: 40 }, (_, at) => `let v${at + 10}=1;`);
  const mappings = ["AAAA", ...statements.slice(1).map(() => "UACA")].join();
  const broken = breakLines({ code: statements.join(""), mappings });

  const lines = broken.code.split("\n");
  expect(lines.length).toBeGreaterThan(2);
  const segments = broken.mappings.split(";").map((line) => line.split(","));
  expect(segments.map((line) => line.length)).toEqual(lines.map((line) => line.length / 10));
  expect(segments.map(([first]) => first)).toEqual(["AAAA", ...lines.slice(1).map(() => "AACA")]);
});
