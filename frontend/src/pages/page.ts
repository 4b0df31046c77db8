// What the pages do beyond plain forms: parts that refresh themselves, live news, rows that can be dragged.
import htmx from "htmx.org";
import { dragRows } from "./drag-rows";
import { listen } from "./live";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
// Its history would keep copies of pages about patients in the browser's storage.
htmx.config.historyEnabled = false;
htmx.config.historyCacheSize = 0;

listen(document);
dragRows(document);
