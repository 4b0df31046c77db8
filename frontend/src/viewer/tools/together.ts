// Several people at one case: who is here, and one view for all while somebody leads.
import { element, press } from "../../markup";
import type { SharedView } from "../state/shared-view";
import type { Tool, Viewer } from "./tool";

interface Here {
  id: string;
  name: string;
  workspace: string;
  is_you: boolean;
}

export interface News {
  people: Here[];
  leader: { id: string; is_you: boolean; view: SharedView } | null;
}

/** While one leads: no oftener than the others hear of it. */
const TELL_EVERY_MS = 500;

export class Together implements Tool {
  readonly id = "together";
  private viewer!: Viewer;
  private ending = new AbortController();
  private box: HTMLElement | null = null;
  private leading = false;
  private following = true;
  private told = "";
  private others: readonly Here[] = [];
  private leader: News["leader"] = null;
  private beat: ReturnType<typeof setInterval> | undefined;

  attach(viewer: Viewer): void {
    this.viewer = viewer;
    this.ending = new AbortController();
    const listen = { signal: this.ending.signal };
    document.addEventListener("arcada:presence", (event) => this.hear((event as CustomEvent<News>).detail), listen);
    addEventListener("pagehide", () => this.leading && this.lead(false), listen);
  }

  detach(): void {
    this.ending.abort();
    clearInterval(this.beat);
    this.box?.remove();
    this.box = null;
  }

  hear({ people, leader }: News): void {
    this.others = people.filter(({ is_you }) => !is_you);
    this.leader = leader;
    if (this.leading && leader && !leader.is_you) this.lead(false, false);
    // The line to the server was cut and is there again: what one leads is told anew.
    else if (this.leading && !leader) this.told = "";
    this.show();
    this.goAlong();
  }

  private goAlong(): void {
    const { leader } = this;
    if (!leader || leader.is_you || !this.following || this.leading) return;
    const said = JSON.stringify(leader.view);
    if (said === this.told) return;
    this.told = said;
    document.dispatchEvent(new CustomEvent("arcada:show-view", { detail: leader.view }));
  }

  private show(): void {
    const { others, leader } = this;
    const { words, root } = this.viewer;
    if (others.length === 0 && !this.leading) {
      this.box?.remove();
      this.box = null;
      return;
    }
    const box = (this.box ??= element("div", { class: "together", role: "group", "aria-label": words("together.here") }));
    const names = others.map(({ name, workspace }) => (workspace ? `${name}, ${workspace}` : words("together.by_link", { name }))).join("; ");
    const ledBy = leader && !leader.is_you && !this.leading ? people(others, leader.id) : null;
    const state = ledBy ? words("together.leads", { name: ledBy }) : words("together.with", { names });
    const act = ledBy
      ? this.button(words(this.following ? "together.stop_following" : "together.follow"), this.following, () => this.follow(!this.following))
      : this.button(words(this.leading ? "together.stop_leading" : "together.lead"), this.leading, () => this.lead(!this.leading));
    // Written anew only when it says something else, or the focus would be lost twice a second.
    const key = `${state}|${act.textContent}`;
    if (box.dataset["says"] === key) return;
    const hadFocus = box.contains(document.activeElement);
    box.dataset["says"] = key;
    box.replaceChildren(element("span", { role: "status", title: names }, state), act);
    if (!box.isConnected) root.querySelector(".tools")?.append(box);
    if (hadFocus) act.focus();
  }

  private button(label: string, pressed: boolean, act: () => void): HTMLElement {
    const button = element("button", { type: "button", class: "small" }, label);
    press(button, pressed);
    button.addEventListener("click", act);
    return button;
  }

  private follow(follows: boolean): void {
    this.following = follows;
    this.told = "";
    this.show();
    this.goAlong();
  }

  private lead(leads: boolean, tells = true): void {
    this.leading = leads;
    this.told = "";
    clearInterval(this.beat);
    if (leads) {
      this.beat = setInterval(() => this.tell(), TELL_EVERY_MS);
      this.tell();
    } else if (tells) this.send(null);
    this.show();
  }

  private tell(): void {
    const give = (view: SharedView): void => {
      const said = JSON.stringify(view);
      if (said !== this.told) this.send(view);
      this.told = said;
    };
    document.dispatchEvent(new CustomEvent("arcada:quote-view", { detail: { give } }));
  }

  private send(view: SharedView | null): void {
    const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    const url = this.viewer.manifest.save?.presence ?? "";
    // A guest's address is a page's, and takes what forms send.
    const asked: RequestInit = url.startsWith("/api/")
      ? { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ view }) }
      : { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ view: view ? JSON.stringify(view) : "" }) };
    void fetch(url, { ...asked, keepalive: true }).catch(() => {});
  }
}

const people = (others: readonly Here[], id: string): string => others.find((one) => one.id === id)?.name ?? "";
