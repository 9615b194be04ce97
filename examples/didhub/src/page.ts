/** Which page somebody asks for. */
export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly size: number;
}
