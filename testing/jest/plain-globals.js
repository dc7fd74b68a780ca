/**
 * Jest's environment for Node, with globals that are plain properties. Jest makes its context of a proxy, which V8 then asks for
 * every `Math`, `Object` and `JSON` that is mentioned anywhere: two fifths of what the processor did in a test.
 */
import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";

export default class PlainGlobals extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    let plain;
    vm.createContext = () => {
      plain = createContext(vm.constants.DONT_CONTEXTIFY);
      return plain;
    };
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
    if (this.context !== plain) throw new Error("Jest makes its context in another way now, and a slow one.");
  }
}
