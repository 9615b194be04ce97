import { wholeSeconds, schemaWith } from "../../contenders/shared/plinth-schema.ts";

export const schema = schemaWith(wholeSeconds);
