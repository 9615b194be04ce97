import { instant, schemaWith } from "../../contenders/shared/plinth-schema.ts";

export const schema = schemaWith(instant);
