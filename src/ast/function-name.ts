/** The functions that a call may name. What a database spells in a file of its own is a group of its own. */

export type ArithmeticName = "add" | "bitAnd" | "bitOr" | "multiply" | "subtract";

/** Functions that there are only over a window. */
export type WindowFunctionName =
  | "denseRank"
  | "firstValue"
  | "lag"
  | "lastValue"
  | "lead"
  | "rank"
  | "rowNumber";

/** Their path is a value, an array of keys and indexes, and their option tells which of its steps is which. */
export type JsonFunctionName =
  | "jsonBoolean"
  | "jsonExists"
  | "jsonLength"
  | "jsonNumber"
  /** A document of the text of one. */
  | "jsonParse"
  | "jsonPath"
  /** Sets one step; what is no container of its kind stays as it is. */
  | "jsonPut"
  | "jsonRemove"
  | "jsonText"
  /** A document of a text, a number or a boolean. */
  | "toJson";

/** Their first argument is an array, and their second a list of elements. */
export type ArrayFunctionName =
  | "arrayAppend"
  | "arrayContained"
  | "arrayContains"
  | "arrayLength"
  | "arrayOverlaps"
  | "arrayRemove";

/** Of numbers and, the last ones, of whatever has an order. */
export type NumberFunctionName =
  | "abs"
  | "ceil"
  | "divide"
  | "floor"
  | "modulo"
  | "negate"
  | "random"
  /** To as many digits after the point as the option says. */
  | "round"
  | "greatest"
  | "least";

export type TextFunctionName =
  | "concat"
  | "length"
  | "replace"
  /** The option has a direction for each argument after the second, by which the rows are put in order. */
  | "stringAgg"
  | "substring"
  | "trim";

/** Their option is a unit, such as `month`. */
export type InstantFunctionName = "dateAdd" | "dateDiff" | "datePart" | "dateTrunc";

/** Their last argument is the words, those before it the columns of a full-text index; `prefix` is their option. */
export type FullTextFunctionName = "match" | "matchRank";

/** What each database spells in files apart from its rules for queries. */
export type ApartFunctionName =
  | ArrayFunctionName
  | FullTextFunctionName
  | InstantFunctionName
  | JsonFunctionName
  | NumberFunctionName
  | TextFunctionName;

export type PlainFunctionName =
  | ArithmeticName
  | "avg"
  // The time of the statement, which in a transaction is later than `now` where that is of the transaction's beginning.
  | "clock"
  | "coalesce"
  | "count"
  | "countDistinct"
  | "fold"
  | "lower"
  | "max"
  | "min"
  | "now"
  | "sum"
  | "upper"
  | WindowFunctionName;

export type FunctionName = ApartFunctionName | PlainFunctionName;
