/** A thread that checks the events of an archive. */

import { answerWith } from "../threads.ts";
import { checkSpan } from "./checkspan.ts";

answerWith(checkSpan);
