import { createMemoryLedger } from "../../src/client/index.ts";
import { describeLedger } from "./ledger-contract.ts";

describeLedger("memory", (clock) => createMemoryLedger({ clock }));
