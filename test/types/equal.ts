/** `true` when two types are the same, `any` being the same as nothing but itself. */
export type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;

/** Does not compile unless the type is `true`. */
export function expectType<_Claim extends true>(): void {}
