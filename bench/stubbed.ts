import type { RoomId, UserId } from "../src/matrix/ids.ts";
import { type Delivery, deliveryTo, directInvitation, message, transactionOf } from "./delivery.ts";
import { bot, configure, type Installation, install } from "./service.ts";
import { type Stub, startStub } from "./stub.ts";

/** Who types, and the direct chat in which she does. */
export const alice: UserId = "@alice:bank.example";
export const chat: RoomId = "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw";

/** An installation with a stub for its homeserver, which ends with the bench. */
export async function installAtStub(
  folder: string,
  ends: AsyncDisposableStack,
): Promise<{ readonly installation: Installation; readonly stub: Stub }> {
  const stub = await startStub();
  ends.defer(() => stub.close());
  const installation = await install(folder);
  await configure(installation, stub.url);
  return { installation, stub };
}

/** Delivers to the service, and brings its heartbeats back; to be had before the service starts. */
export function connect({ port, registration }: Installation, stub: Stub): Delivery {
  const delivery = deliveryTo({ port, token: registration.hsToken });
  stub.bring((event) => delivery.deliver(transactionOf([event])));
  return delivery;
}

/** Has the bot enter the direct chat. */
export async function openChat(delivery: Delivery, stub: Stub): Promise<void> {
  const joined = stub.next(({ path }) => path.includes("/join/"));
  await delivery.deliver(transactionOf([directInvitation(chat, alice, bot)]));
  await joined;
}

/** From a line typed in the direct chat until its answer leaves, in milliseconds. */
export async function untilAnswered(line: string, delivery: Delivery, stub: Stub): Promise<number> {
  const body = transactionOf([message(chat, alice, line)]);
  const answer = stub.next(({ path }) => path.includes("/send/"));
  const typed = performance.now();
  await delivery.deliver(body);
  return (await answer).at - typed;
}
