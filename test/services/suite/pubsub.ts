import {
  createPubSub,
  createWake,
  type ChannelEvent,
  type EventLoss,
  type PubSub,
  type Store,
  type Subscription,
} from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

interface Channels {
  global: { readonly at: Date };
  "channel:{channelId}": number;
  "text:{name}:{part}": string;
}

type Numbers = Subscription<ChannelEvent<number>>;

/** So many of the next. */
async function take<Event>(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

async function dataOf(events: Numbers, count: number): Promise<number[]> {
  return (await take(events, count)).map(({ data }) => data);
}

const upTo = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

export function pubSubSuite(kind: StoreKind): void {
  describe("pub/sub", () => {
    let store: Store;
    let other: Store;
    beforeAll(async () => {
      store = await kind.open("pubsub");
      other = kind.isShared ? await kind.open("pubsub") : store;
    });
    afterAll(async () => {
      await store.close();
      await other.close();
    });

    async function using(
      work: (here: PubSub<Channels>, there: PubSub<Channels>) => Promise<void>,
      options: object = {},
    ): Promise<void> {
      await using here = createPubSub<Channels>(store, options);
      await using there = createPubSub<Channels>(other, options);
      await work(here, there);
    }

    test("tells everybody who listens, in order and each once, in values that are their own", () =>
      using(async (here, there) => {
        const subscriptions = [here, there, there].map((pubsub) =>
          pubsub.subscribe(["channel", "1"]),
        );
        const notices = there.subscribe("global");
        await Promise.all([...subscriptions, notices].map(({ ready }) => ready));
        const ids: string[] = [];
        for (const number of upTo(60)) {
          ids.push(await (number % 2 ? here : there).publish(["channel", "1"], number));
        }
        for (const subscription of subscriptions) {
          const events = await take(subscription, 60);
          expect(events.map(({ data }) => data)).toEqual(upTo(60));
          expect(events.map(({ id }) => id)).toEqual(ids);
          expect(events[0]).toMatchObject({ channel: ["channel", "1"], key: undefined });
        }
        expect(ids.map(Number).toSorted((a, b) => a - b)).toEqual(ids.map(Number));
        expect(new Set(ids).size).toBe(60);

        const at = new Date(5);
        await here.publish("global", { at });
        const [notice] = await take(notices, 1);
        expect(notice!.data).toEqual({ at });
        expect(notice!.data.at).not.toBe(at);
        expect(there.stats()).toMatchObject({ channels: 0, subscribers: 0, bufferedBytes: 0 });
      }));

    test("who publishes in parallel is told in one order everywhere", () =>
      using(async (here, there) => {
        const [one, two] = [here.subscribe(["channel", "p"]), there.subscribe(["channel", "p"])];
        await Promise.all([one.ready, two.ready]);
        await Promise.all(
          upTo(90).map((number) => (number % 2 ? here : there).publish(["channel", "p"], number)),
        );
        const first = await take(one, 90);
        expect(await take(two, 90)).toEqual(first);
        expect(new Set(first.map(({ data }) => data)).size).toBe(90);
      }));

    test("goes on behind the last id that was seen, also from the beginning on", () =>
      using(async (here, there) => {
        const start = await there.subscribe(["channel", "2"]).ready;
        const ids: string[] = [];
        for (const number of upTo(160)) ids.push(await here.publish(["channel", "2"], number));
        const after = (id: string): Numbers => there.subscribe(["channel", "2"], { after: id });
        expect(await dataOf(after(start), 160)).toEqual(upTo(160));
        const resumed = after(ids[99]!);
        expect(await resumed.ready).toBe(ids[99]);
        const reading = dataOf(resumed, 70);
        for (const number of upTo(10, 160)) await here.publish(["channel", "2"], number);
        expect(await reading).toEqual(upTo(70, 100));
        const atEnd = after(ids.at(-1)!);
        expect(await dataOf(atEnd, 10)).toEqual(upTo(10, 160));
      }));

    test("goes on exactly, wherever it was broken off while others publish", () =>
      using(async (here, there) => {
        const channel = ["channel", "broken"] as const;
        let after = await there.subscribe(channel).ready;
        const publishing = (async () => {
          for (const number of upTo(300)) await here.publish(channel, number);
        })();
        const seen: number[] = [];
        for (let size = 1; seen.length < 300; size = (size % 17) + 1) {
          const count = Math.min(size, 300 - seen.length);
          const events = await take(there.subscribe(channel, { after, maxBuffered: 5 }), count);
          seen.push(...events.map(({ data }) => data));
          after = events.at(-1)!.id;
        }
        await publishing;
        expect(seen).toEqual(upTo(300));
      }));

    test("the same key is told once", () =>
      using(async (here, there) => {
        const events = there.subscribe(["channel", "3"]);
        await events.ready;
        const id = await here.publish(["channel", "3"], 1, { key: "a" });
        expect(await there.publish(["channel", "3"], 1, { key: "a" })).toBe(id);
        await here.publish(["channel", "3b"], 1, { key: "a" });
        await here.publish(["channel", "3"], 2, { key: "b" });
        const found = await take(events, 2);
        expect(found.map(({ data, key }) => [data, key])).toEqual([
          [1, "a"],
          [2, "b"],
        ]);
        for (const key of ["", "a b", "a\nb", "ä", "x".repeat(201)]) {
          await expect(here.publish(["channel", "3"], 1, { key })).rejects.toMatchObject({
            code: "E_INVALID_VALUE",
          });
        }
      }));

    test("what the log no longer holds is told as lost, in its place", () =>
      using(
        async (here, there) => {
          const channel = ["channel", "4"] as const;
          const ids: string[] = [];
          for (const number of upTo(30)) ids.push(await here.publish(channel, number));
          const seen: unknown[] = [];
          const onLost = ({ id, reason }: EventLoss): unknown => seen.push([reason, id]);
          for await (const { data } of there.subscribe(channel, { after: ids[4]!, onLost })) {
            if (seen.push(data) === 11) break;
          }
          expect(seen).toEqual([["expired", ids[19]], ...upTo(10, 20)]);
          const inTime = there.subscribe(channel, { after: ids[19]! });
          expect(await dataOf(inTime, 10)).toEqual(upTo(10, 20));
          const strict = there.subscribe(channel, { after: ids[18]! });
          await expect(take(strict, 1)).rejects.toMatchObject({
            code: "E_EVENTS_LOST",
            reason: "expired",
          });
          expect(there.stats().losses).toBe(2);
          // A key is known as long as its event.
          const first = await here.publish(channel, 0, { key: "old" });
          for (const number of upTo(12)) await here.publish(channel, number);
          expect(await here.publish(channel, 0, { key: "old" })).not.toBe(first);
        },
        { keepEvents: 10 },
      ));

    test("a log is bounded by bytes", () =>
      using(
        async (here, there) => {
          const channel = ["text", "bytes", "ä"] as const;
          const text = "ä".repeat(500);
          const start = await there.subscribe(channel).ready;
          for (let count = 0; count < 40; count++) await here.publish(channel, text);
          let losses = 0;
          const events = there.subscribe(channel, { after: start, onLost: () => losses++ });
          const left = await take(events, 9);
          expect(losses).toBe(1);
          expect(left.every(({ data }) => data === text)).toBe(true);
          await expect(here.publish(channel, "x".repeat(2_000))).rejects.toMatchObject({
            code: "E_VALUE_TOO_LONG",
          });
        },
        { keepBytes: 10_000, maxEventBytes: 1_500 },
      ));

    test("a log that expired is told of, where something was in it", () =>
      using(
        async (here, there) => {
          const channel = ["channel", "5"] as const;
          const first = await here.publish(channel, 1);
          const second = await here.publish(channel, 2);
          await sleep(3_150);
          const outcomes = [first, second].map((after) =>
            take(there.subscribe(channel, { after }), 1).then(
              ([event]) => event!.data,
              (error: { reason: string }) => error.reason,
            ),
          );
          await outcomes[0];
          await here.publish(channel, 3);
          expect(await Promise.all(outcomes)).toEqual(["expired", 3]);
        },
        { keepMs: 3_000 },
      ));

    test("without a log, whoever was there hears it, and who wasn't is told", () =>
      using(
        async (here, there) => {
          const channel = ["channel", "6"] as const;
          const events = there.subscribe(channel);
          const start = await events.ready;
          for (const number of upTo(20)) await here.publish(channel, number);
          expect(await dataOf(events, 20)).toEqual(upTo(20));
          const late = there.subscribe(channel, { after: start });
          await expect(take(late, 1)).rejects.toMatchObject({ code: "E_EVENTS_LOST" });
        },
        { keepEvents: 0 },
      ));

    test("an id of a store that has forgotten the channel, or of none, is told of", () =>
      using(async (here, there) => {
        const channel = ["channel", "7"] as const;
        const after = String((Date.now() + 3_600_000) * 1_000);
        const ahead = there.subscribe(channel, { after });
        await expect(take(ahead, 1)).rejects.toMatchObject({ reason: "rewound" });
        const old = there.subscribe(["channel", "never"], { after: "1" });
        await expect(take(old, 1)).rejects.toMatchObject({ reason: "expired" });
        for (const id of ["", "-1", "1e3", "a", "1".repeat(17), " 1"]) {
          expect(() => here.subscribe(channel, { after: id })).toThrow(/no id of an event/);
        }
      }));

    test("promise 35: who stops reading holds a bounded number of bytes, and misses nothing that the log holds", () =>
      using(
        async (here, there) => {
          const channel = ["text", "slow", "1"] as const;
          const bounds = { maxBuffered: 50, maxBufferedBytes: 30_000 };
          const slow = there.subscribe(channel, bounds);
          const strict = there.subscribe(channel, { ...bounds, whenFull: "end" });
          await Promise.all([slow.ready, strict.ready]);
          const total = 3_000;
          const text = "x".repeat(1_000);
          let most = 0;
          for (let sent = 0; sent < total; sent += 100) {
            const batch = upTo(100, sent).map((index) => here.publish(channel, `${index} ${text}`));
            await Promise.all(batch);
            most = Math.max(most, there.stats().bufferedBytes);
          }
          await sleep(100);
          most = Math.max(most, there.stats().bufferedBytes);
          const seen: string[] = [];
          const events = await take(slow, total);
          for (const { data } of events) seen.push(data.split(" ", 1)[0]!);
          expect(new Set(seen).size).toBe(total);
          await expect(take(strict, total)).rejects.toMatchObject({ reason: "slow" });
          console.log(
            `promise 35 on ${kind.name}: ${total} events of 1 kB to two who don't read: at most ${most} bytes wait; then all ${seen.length} came`,
          );
          expect(most).toBeLessThan(62_000);
          expect(there.stats().losses).toBe(0);
        },
        { keepEvents: 5_000, keepBytes: 2 ** 23 },
      ));

    test("who was slower than the log reaches back is told, and goes on", () =>
      using(
        async (here, there) => {
          const channel = ["channel", "8"] as const;
          const seen: unknown[] = [];
          const onLost = ({ reason }: EventLoss): unknown => seen.push(reason);
          const events = there.subscribe(channel, { maxBuffered: 10, onLost });
          let heard = 0;
          const quick = there.on(channel, () => void heard++, { onLost: () => {} });
          await Promise.all([events.ready, quick.ready]);
          for (const number of upTo(10)) await here.publish(channel, number);
          // What the quick one has, waits for the slow one, too.
          await expect.poll(() => heard).toBe(10);
          for (const number of upTo(190, 10)) await here.publish(channel, number);
          quick.stop();
          await quick.done;
          for await (const { data } of events) {
            seen.push(data);
            if (data === 199) break;
          }
          const at = seen.indexOf("expired");
          expect(at).toBeGreaterThanOrEqual(10);
          expect(seen).toEqual([...upTo(at), "expired", ...upTo(20, 180)]);
        },
        { keepEvents: 20 },
      ));

    test("promise 32: hostile names reach nobody else's channel", () =>
      using(async (here, there) => {
        const names = ["a:b", "*", "{a}", "\0", "a\r\nPUBLISH a", "", "a%3Ab", "🌍", "__proto__"];
        const subscriptions = names.map((name) => there.subscribe(["text", name, "1"]));
        const bystander = there.subscribe(["text", "a", "b"]);
        await Promise.all([...subscriptions, bystander].map(({ ready }) => ready));
        for (const name of names) await here.publish(["text", name, "1"], `for ${name}`);
        await here.publish(["text", "a", "b"], "for a, b");
        for (const [index, name] of names.entries()) {
          const [event] = await take(subscriptions[index]!, 1);
          expect(event!.data).toBe(`for ${name}`);
        }
        expect((await take(bystander, 1))[0]!.data).toBe("for a, b");
        console.log(`promise 32 on ${kind.name}: ${names.length} hostile channels, none crossed`);
      }));

    test("a handler is called for one event after the other, and what it throws isn't lost", () =>
      using(async (here, there) => {
        const channel = ["channel", "9"] as const;
        const seen: unknown[] = [];
        let running = 0;
        const steady = there.on(
          channel,
          async ({ data }) => {
            expect(running++).toBe(0);
            await sleep(1);
            running--;
            if (data % 5 === 0) throw new Error("no fives");
            seen.push(data);
          },
          { onError: (error, { data }) => seen.push([(error as Error).message, data]) },
        );
        const strict = there.on(channel, ({ data }) => {
          if (data === 3) throw new Error("no three");
        });
        const failure = expect(strict.done).rejects.toThrow("no three");
        await Promise.all([steady.ready, strict.ready]);
        for (const number of upTo(7, 1)) await here.publish(channel, number);
        await failure;
        await expect.poll(() => seen.length).toBe(7);
        expect(seen).toEqual([1, 2, 3, 4, ["no fives", 5], 6, 7]);
        steady.stop();
        await steady.done;
      }));

    test("ends with its signal, with stop, and with the pub/sub", async () => {
      const pubsub = createPubSub<Channels>(store);
      const controller = new AbortController();
      const signalled = pubsub.subscribe(["channel", "10"], { signal: controller.signal });
      const stopped = pubsub.subscribe(["channel", "10"]);
      const closed = pubsub.subscribe("global");
      const never = pubsub.subscribe("global", { signal: AbortSignal.abort() });
      expect(await take(never, 1)).toEqual([]);
      await Promise.all([signalled, stopped, closed].map(({ ready }) => ready));
      await pubsub.publish(["channel", "10"], 1);
      const ends = [signalled, stopped, closed].map((each) => take<unknown>(each, 5));
      await sleep(50);
      controller.abort();
      stopped.stop();
      expect(await ends[0]).toHaveLength(1);
      expect(await ends[1]).toHaveLength(1);
      expect(pubsub.stats()).toMatchObject({ channels: 1, subscribers: 1 });
      await pubsub.close();
      expect(await ends[2]).toEqual([]);
      await expect(pubsub.publish("global", { at: new Date() })).rejects.toMatchObject({
        code: "E_CLOSED",
      });
      expect(() => pubsub.subscribe("global")).toThrow(/closed/);
    });

    test("a subscription is read once", async () => {
      await using pubsub = createPubSub<Channels>(store);
      const events = pubsub.subscribe(["channel", "11"]);
      await events.ready;
      await pubsub.publish(["channel", "11"], 1);
      await take(events, 1);
      await expect(take(events, 1)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("a store that is closed ends it with an error", async () => {
      const own = await kind.open("pubsub closed");
      const pubsub = createPubSub<Channels>(own);
      const events = pubsub.subscribe("global");
      await events.ready;
      const reading = take(events, 1);
      await own.close();
      await expect(reading).rejects.toMatchObject({ code: "E_CLOSED" });
    });

    test("codecs write and read what a channel carries; what can't be read is told", async () => {
      const codecs = {
        "channel:{id}": {
          encode: (value: number) => `#${value}`,
          decode(text: string): number {
            if (text === "#13") throw new Error("unlucky");
            return Number(text.slice(1));
          },
        },
      };
      await using typed = createPubSub(store, { codecs });
      const losses: string[] = [];
      const events = typed.subscribe(["channel", "codec"], {
        onLost: ({ reason }) => losses.push(reason),
      });
      await events.ready;
      for (const number of [12, 13, 14]) await typed.publish(["channel", "codec"], number);
      expect((await take(events, 2)).map(({ data }) => data)).toEqual([12, 14]);
      expect(losses).toEqual(["unreadable"]);
    });

    test("many subscribers of many channels", () =>
      using(async (here, there) => {
        const counts = new Map<string, number>();
        const handlings = upTo(500).map((index) => {
          const channel = ["channel", `many ${index % 100}`] as const;
          return there.on(channel, () => {
            counts.set(channel[1], (counts.get(channel[1]) ?? 0) + 1);
          });
        });
        await Promise.all(handlings.map(({ ready }) => ready));
        expect(there.stats()).toMatchObject({ channels: 100, subscribers: 500 });
        await Promise.all(upTo(100).map((index) => here.publish(["channel", `many ${index}`], 1)));
        await expect
          .poll(() => [...counts.values()].reduce((sum, each) => sum + each, 0))
          .toBe(500);
        for (const handling of handlings) handling.stop();
        await Promise.all(handlings.map(({ done }) => done));
        expect(there.stats()).toMatchObject({ channels: 0, subscribers: 0 });
      }));

    test("settings that make no sense are refused", () => {
      for (const options of [
        { keepMs: 0 },
        { keepEvents: -1 },
        { keepBytes: 1.5 },
        { maxEventBytes: 0 },
        { checkEveryMs: 0 },
      ]) {
        expect(() => createPubSub(store, options)).toThrow(
          new RegExp(`^${Object.keys(options)[0]} is not a (whole )?number`),
        );
      }
      const pubsub = createPubSub(store);
      expect(() => pubsub.subscribe("a", { maxBuffered: 0 })).toThrow(/maxBuffered/);
      expect(() => pubsub.subscribe("a", { whenFull: "drop" as "end" })).toThrow(/whenFull/);
      expect(() => pubsub.subscribe([])).toThrow(/no parts/);
      expect(() => pubsub.subscribe(undefined as unknown as string)).toThrow(/no parts/);
      expect(() => pubsub.subscribe(["text", "x".repeat(796)])).toThrow(/longer than 800 bytes/);
    });

    test("a log that is looked at less often than a timer can be told isn't looked at all the time", async () => {
      const pubsub = createPubSub(store, { checkEveryMs: 30 * 86_400_000 });
      const subscription = pubsub.subscribe("rarely");
      await subscription.ready;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(pubsub.stats().reads).toBe(1);
      await pubsub.close();
    });

    test("wakes whoever waits for work, in whatever process", async () => {
      let woken = 0;
      const end = createWake(other, "outbox").onWake(() => woken++);
      const wake = createWake(store, "outbox");
      await sleep(100);
      const before = woken;
      await wake.wake();
      await expect.poll(() => woken).toBe(before + 1);
      end();
      await wake.wake();
      await sleep(60);
      expect(woken).toBe(before + 1);
    });
  });
}
