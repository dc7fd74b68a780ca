/** The documents of the parts. */
import { describeDocuments, documents } from "./check-documents.ts";

describeDocuments(documents.parts);
