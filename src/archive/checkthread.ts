/** A thread that checks the events of an archive. */
import { checkSpan } from "./checkspan.ts";
import { answerWith } from "./threads.ts";

answerWith(checkSpan);
