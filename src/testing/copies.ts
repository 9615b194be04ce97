/** The copies of a template that this process has ready, and those that its tests are at work on. */

import type { Clock } from "../core/clock.ts";
import type { CopyServer } from "../dialect/server/copying.ts";
import { copyName, isLeftover, PREFIX, templateName, templatePrefix } from "./test-names.ts";
import { fillTemplate, planTemplate, type TemplatePlan, type TemplateSource } from "./template.ts";

/** The copies of one template. */
class Shelf {
  readonly template: string;
  readonly #copies: Copies;
  readonly #ready: Promise<string>[] = [];

  constructor(copies: Copies, template: string) {
    this.#copies = copies;
    this.template = template;
  }

  /** The next ones are made while the test is at work. */
  async take(): Promise<string> {
    const name = this.#ready.shift() ?? this.#make();
    this.#fill();
    return name;
  }

  #fill(): void {
    while (this.#ready.length < this.#copies.server.readyCount) this.#add(this.#make());
  }

  #add(name: Promise<string>): void {
    // Whoever takes it hears of what fails.
    name.catch(() => {});
    this.#ready.push(name);
  }

  async #make(): Promise<string> {
    const { server } = this.#copies;
    const name = this.#copies.newName();
    try {
      await server.copy(this.template, name);
    } catch (error) {
      // It may be there by half.
      this.#copies.inBackground(async () => server.drop(name));
      throw error;
    }
    return name;
  }

  /** What a test is done with is used again where that is faster than making another one. */
  giveBack(name: string): void {
    const { server } = this.#copies;
    if (server.readyCount === 0) return void server.drop(name);
    this.#copies.inBackground(async () => {
      if (this.#copies.isOpen && (await server.restore(this.template, name)))
        this.#ready.unshift(Promise.resolve(name));
      else await server.drop(name);
    });
  }

  async clear(): Promise<void> {
    const { server } = this.#copies;
    for (const ready of this.#ready.splice(0)) {
      const name = await ready.catch(() => undefined);
      if (name !== undefined) await server.drop(name);
    }
  }
}

export class Copies {
  readonly server: CopyServer;
  readonly #clock: Clock;
  isOpen = true;
  readonly #shelves = new Map<string, Promise<Shelf>>();
  readonly #background = new Set<Promise<void>>();

  constructor(server: CopyServer, clock: Clock) {
    this.server = server;
    this.#clock = clock;
  }

  newName(): string {
    return copyName(process.pid, this.#clock.nowMs());
  }

  /** Removes what earlier runs left behind a day ago. */
  async sweep(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const names = await this.server.names(PREFIX);
    for (const name of names.filter((candidate) => isLeftover(candidate, nowMs)))
      await this.server.drop(name);
  }

  /** What nobody waits for until the end. */
  inBackground(work: () => Promise<void>): void {
    // What can't be removed now is once it is old.
    const run = work()
      .catch(() => {})
      .finally(() => this.#background.delete(run));
    this.#background.add(run);
  }

  async shelfOf(source: TemplateSource): Promise<Shelf> {
    const plan = await planTemplate(source, this.server);
    let shelf = this.#shelves.get(plan.hash);
    if (shelf === undefined) {
      shelf = this.#templateOf(plan).then((template) => new Shelf(this, template));
      this.#shelves.set(plan.hash, shelf);
      shelf.catch(() => this.#shelves.delete(plan.hash));
    }
    return shelf;
  }

  async #templateOf(plan: TemplatePlan): Promise<string> {
    const { server } = this;
    const find = async (): Promise<string | undefined> =>
      (await server.templates(templatePrefix(plan.hash))).toSorted().at(-1);
    const known = await find();
    if (known !== undefined) return known;
    // Fixtures go into a copy of the template without any.
    const { fixtures, ...bare } = plan.source;
    const base =
      fixtures.length === 0
        ? undefined
        : await this.#templateOf(await planTemplate({ ...bare, fixtures: [] }, server));
    return server.exclusively(async () => (await find()) ?? this.#build(plan, base));
  }

  async #build(plan: TemplatePlan, base: string | undefined): Promise<string> {
    const { server } = this;
    const name = this.newName();
    try {
      await server.create(name, base);
      await fillTemplate(server, name, plan, base !== undefined);
      const template = templateName(plan.hash, this.#clock.nowMs());
      await server.publish(name, template);
      return template;
    } catch (error) {
      await server.drop(name);
      throw error;
    }
  }

  /** Removes the copies that are ready, and ends the connections. */
  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.all(this.#background);
    for (const shelf of this.#shelves.values())
      await shelf.then((settled) => settled.clear()).catch(() => {});
    await this.server.close();
  }
}
