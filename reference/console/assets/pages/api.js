/** The API as it is described, its events, and the control API: read and tried. */
import { createControlSection } from "../api/control.js";
import { createEvents } from "../api/events.js";
import { createOperations } from "../api/operations.js";
import { createTabs } from "../elements/tabs.js";

const sections = {
  endpoints: ["Endpoints", createOperations],
  events: ["Events", createEvents],
  control: ["Control API", createControlSection],
};

export function apiPage(page) {
  return createTabs(page, { title: "API", label: "API", address: "#/api", sections });
}
