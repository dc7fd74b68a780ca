/** The prose of a document: paragraphs, with what stands between backticks as code. */
import { h } from "../dom.js";

function toPieces(text) {
  return text.split(/`([^`]+)`/).map((piece, index) => (index % 2 === 1 ? h("code", {}, piece) : piece));
}

/** @param tag of each paragraph */
export function paragraphs(text, tag = "p") {
  return (text ?? "").split(/\n{2,}/).map((each) => h(tag, {}, toPieces(each)));
}
