/** Where the reference deviates from the contract, because a test asks for it: faults, and its behaviour. */
import { BehaviourInput } from "../deviations/behaviour.ts";
import { FaultInput } from "../deviations/faults.ts";
import { unknownId } from "../http/answers.ts";
import { validate } from "../http/input.ts";
import type { ControlContext } from "./context.ts";
import type { Control } from "./control.ts";

export function createDeviationControl({ context, faults }: ControlContext): Pick<Control, "faults" | "behaviour"> {
  const { behaviour, changes } = context;
  return {
    faults: {
      add: async (given) => {
        changes.note({ kind: "faults" });
        return faults.add(validate(FaultInput, given));
      },
      list: async () => faults.list(),
      remove: async (id) => {
        if (!faults.remove(id)) throw unknownId("fault", id);
        changes.note({ kind: "faults" });
        return { id, removed: true };
      },
      clear: async () => {
        changes.note({ kind: "faults" });
        return { cleared: faults.clear() };
      },
    },

    behaviour: async (given) => {
      if (given !== undefined) {
        behaviour.set(validate(BehaviourInput, given));
        changes.note({ kind: "behaviour" });
      }
      return { ...behaviour.current };
    },
  };
}
