/** The documents of the parts. */
import { documents } from "../../testing/documents/documents.ts";
import { describeDocuments } from "./check-documents.ts";

describeDocuments(documents.parts);
