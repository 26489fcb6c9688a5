/**
 * What others feel of a room that is flooded. A real homeserver; a commander types commands in the room of one
 * incident, and waits for each answer, first while nothing else happens, and then while somebody writes a thousand
 * messages a second into the room of another one. No Synapse takes so many from one person: they are brought to
 * the service directly, as a homeserver would bring them. Afterwards the service is stopped while ten thousand
 * more are put before its door, and has to work them off.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Person } from "../src/demo/person.ts";
import { startSynapse, type Synapse } from "../src/demo/synapse.ts";
import type { RoomId, UserId } from "../src/matrix/ids.ts";
import { type Delivery, deliveryTo, message, transactionOf } from "./delivery.ts";
import { hundredths, percentile } from "./figures.ts";
import { figure } from "./scrape.ts";
import { configure, type Installation, install, startService } from "./service.ts";
import { synapsePython } from "./synapse-python.ts";
import { inWorkplace } from "./workplace.ts";
