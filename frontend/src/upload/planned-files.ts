// Files that were dropped and are not started: each in a place that can be corrected, with what is wrong there.
import { element } from "../markup";
import type { Begin } from "./incoming-file";
import { Row } from "./row";
import type { Choice, PlannedFile } from "./server";
import type { Words } from "./words";

export interface Candidate {
  file: File;
  slot: string;
  supersedes: string;
  row: Row;
  plan: PlannedFile | null;
}

export class PlannedFiles {
  readonly all: Candidate[] = [];

  constructor(
    private readonly list: HTMLElement,
    private readonly symbols: string,
    private readonly words: Words,
    private readonly replan: () => void,
  ) {}

  add(file: File, slot = ""): Candidate {
    const candidate: Candidate = { file, slot, supersedes: "", row: new Row(file.name, file.size, this.symbols), plan: null };
    this.all.push(candidate);
    this.list.append(candidate.row.item);
    this.list.hidden = false;
    return candidate;
  }

  leaveOut(candidate: Candidate): void {
    this.all.splice(this.all.indexOf(candidate), 1);
    candidate.row.item.remove();
    this.list.hidden = this.all.length === 0;
  }

  /** What the server says of all of them, in their order. */
  show(plans: PlannedFile[]): void {
    this.all.forEach((candidate, number) => {
      const plan = plans[number];
      if (!plan) return;
      candidate.plan = plan;
      candidate.slot = candidate.slot && plan.slot ? plan.slot : candidate.slot;
      this.showOne(candidate, plan);
    });
  }

  get startable(): Candidate[] {
    return this.all.filter(({ plan }) => plan?.can_start && plan.companion_of === null);
  }

  /** The started files with the companions that go along; they leave this list. */
  take(collection: string): { begin: Begin; row: Row }[] {
    const started = this.startable;
    const numbers = new Map(this.all.map((candidate, number) => [number, candidate]));
    const taken = started.map((candidate) => {
      const companions = this.all.filter(({ plan }) => plan?.companion_of != null && numbers.get(plan.companion_of) === candidate);
      return { candidate, companions };
    });
    for (const { candidate, companions } of taken) for (const one of [candidate, ...companions]) this.leaveOut(one);
    return taken.map(({ candidate: { file, row, plan }, companions }) => ({
      row,
      begin: {
        file, collection, slot: plan?.slot ?? "", supersedes: plan?.supersedes ?? "",
        companions: companions.map((companion) => companion.file),
      },
    }));
  }

  private showOne(candidate: Candidate, plan: PlannedFile): void {
    const { row } = candidate;
    const parts: Node[] = [];
    if (plan.companion_of !== null) {
      parts.push(element("span", {}, this.words("belongs_to", { name: this.all[plan.companion_of]?.file.name ?? "" })));
    } else if (plan.choices.length > 0) parts.push(this.choice(candidate, plan));
    for (const { what, why } of plan.findings) parts.push(element("b", {}, what), ...(why ? [element("span", {}, why)] : []));
    const worst = plan.findings[0]?.grade;
    row.show(worst === "blocker" || worst === "warning" ? `mk-${worst}` : plan.can_start ? "i-file" : "i-upload", worst ? (plan.findings[0]?.what ?? "") : "");
    row.say(...parts);
    row.offer({
      text: this.words("leave_out"),
      quiet: true,
      act: () => {
        this.leaveOut(candidate);
        this.replan();
      },
    });
  }

  private choice(candidate: Candidate, plan: PlannedFile): HTMLElement {
    const select = element("select", { "aria-label": this.words("place", { name: candidate.file.name }) });
    if (plan.slot === null) select.append(new Option(this.words("choose_place"), ""));
    for (const { slot, supersedes, title } of plan.choices) {
      const isChosen = slot === plan.slot && supersedes === plan.supersedes;
      select.append(new Option(title, valueOf({ slot, supersedes }), isChosen, isChosen));
    }
    select.addEventListener("change", () => {
      const [slot = "", supersedes = ""] = select.value.split("|");
      candidate.slot = slot;
      candidate.supersedes = supersedes;
      this.replan();
    });
    return select;
  }
}

const valueOf = ({ slot, supersedes }: Pick<Choice, "slot" | "supersedes">): string => `${slot}|${supersedes}`;
