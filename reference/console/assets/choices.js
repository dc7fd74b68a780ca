/** What forms offer, as the server knows it: read once, since it does not change while the server runs. */
import { consoleApi } from "./api.js";

export let choices = {
  eventTypes: [],
  sampleEvents: {},
  scopes: [],
  paths: [],
  behaviour: {},
  documented: {},
  imports: false,
};

export async function readChoices() {
  choices = await consoleApi.get("choices", { orgId: undefined });
}
