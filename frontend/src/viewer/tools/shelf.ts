// The tools that come when somebody takes them: one at a time, each a script of its own.
import { element, icon, press } from "../../markup";
import type { WordKey } from "../../words";
import type { Comparison } from "../state/manifest";
import type { Tool, Viewer } from "./tool";

interface Shelved {
  id: string;
  icon: string;
  key: string;
  load(): Promise<Tool>;
  /** Brings what it will need, while the hand is on its way. */
  prepare?(viewer: Viewer): void;
  /** Whether this scene has anything for it. */
  fits?(viewer: Viewer): boolean;
}

const has =
  (kind: Comparison["kind"]) =>
  ({ manifest }: Viewer): boolean =>
    (manifest.comparisons ?? []).some((one) => one.kind === kind);

const fetchValues =
  (kind: Comparison["kind"]) =>
  ({ manifest }: Viewer): void =>
    void import("./heat/values").then(({ valuesOf }) => {
      for (const one of manifest.comparisons ?? []) if (one.kind === kind && one.url) valuesOf(one).catch(() => {});
    });

const SHELF: readonly Shelved[] = [
  { id: "measure", icon: "measure", key: "m", load: async () => new (await import("./measure/measure")).Measure() },
  { id: "section", icon: "section", key: "s", load: async () => new (await import("./section/section")).Section() },
  { id: "contacts", icon: "contacts", key: "c", load: async () => new (await import("./heat/contacts")).Contacts(), prepare: fetchValues("contacts"), fits: has("contacts") },
  { id: "compare", icon: "compare", key: "v", load: async () => new (await import("./compare/compare")).Compare(), prepare: fetchValues("deviation"), fits: has("deviation") },
  { id: "bite", icon: "bite", key: "o", load: async () => new (await import("./bite/bite")).Bite() },
  { id: "teeth", icon: "tooth", key: "t", load: async () => new (await import("./teeth/teeth")).Teeth(), fits: ({ manifest }) => manifest.teeth !== undefined },
];

export class Shelf implements Tool {
  readonly id = "shelf";
  private viewer!: Viewer;
  private ending = new AbortController();
  private readonly buttons = new Map<string, HTMLElement>();
  private held: Tool | null = null;
  private wanted: string | null = null;

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const group = element("div", { role: "group", class: "toolset", "aria-label": viewer.words("tools.group") });
    for (const one of SHELF) {
      if (one.fits && !one.fits(viewer)) continue;
      const button = this.button(one);
      this.buttons.set(one.id, button);
      group.append(button);
    }
    // The toolbar is there before any tool; what one does with the stage stays at its end.
    const bar = viewer.root.querySelector(".tools");
    bar?.insertBefore(group, bar.querySelector(":scope > .push"));
    viewer.root.addEventListener("keydown", this.key, { signal: this.ending.signal });
  }

  detach(): void {
    this.ending.abort();
    this.putBack();
    for (const button of this.buttons.values()) button.remove();
    this.buttons.clear();
  }

  /** Id of the tool in use. */
  get taken(): string | null {
    return this.held?.id ?? null;
  }

  /** Takes a tool, once its script is there; null puts the one in use back. */
  async take(id: string | null): Promise<void> {
    this.wanted = id;
    if (id === this.taken) return;
    this.putBack();
    const one = SHELF.find((shelved) => shelved.id === id);
    if (!one || !this.buttons.has(one.id)) return;
    const tool = await one.load().catch(() => null);
    if (this.wanted !== id || this.ending.signal.aborted) return;
    if (!tool) {
      this.viewer.say(this.viewer.words("tools.not_loaded"));
      return;
    }
    this.held = tool;
    tool.attach(this.viewer);
    this.mark();
    this.viewer.root.dataset["toolTaken"] = tool.id;
  }

  private putBack(): void {
    this.held?.detach();
    this.held = null;
    delete this.viewer.root.dataset["toolTaken"];
    this.mark();
  }

  private mark(): void {
    for (const [id, button] of this.buttons) press(button, id === this.taken);
  }

  private button(one: Shelved): HTMLElement {
    const { words } = this.viewer;
    const word = words(`tools.${one.id}` as WordKey);
    const label = words("view.label", { view: word, key: one.key.toUpperCase() });
    const attributes = { type: "button", class: "tool", "data-tool": one.id, "aria-pressed": "false", "aria-label": label, title: label };
    const button = element("button", attributes, icon(one.icon), element("span", { class: "word" }, word));
    button.addEventListener("click", () => void this.take(this.taken === one.id ? null : one.id));
    const prepare = (): void => {
      void one.load().catch(() => {});
      one.prepare?.(this.viewer);
    };
    for (const sign of ["pointerenter", "focus"]) button.addEventListener(sign, prepare, { once: true });
    return button;
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!this.viewer.stage.contains(target) && !this.viewer.root.querySelector(".tools")?.contains(target)) return;
    const one = SHELF.find(({ key }) => key === event.key.toLowerCase());
    if (one) void this.take(this.taken === one.id ? null : one.id);
    else if (event.key === "Escape" && this.held) void this.take(null);
    else return;
    event.preventDefault();
  };
}
