// What Node itself needs to begin and to answer.
import { answer } from "./answer.mjs";

answer({ id: 77 });
