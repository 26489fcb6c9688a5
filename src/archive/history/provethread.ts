/** A thread that proves events. */

import { answerWith } from "../threads.ts";
import { prove } from "./prove.ts";

answerWith(prove);
