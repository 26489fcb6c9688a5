/** A thread that proves events. */
import { prove } from "./prove.ts";
import { answerWith } from "./threads.ts";

answerWith(prove);
