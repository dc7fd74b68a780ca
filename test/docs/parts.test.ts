/** The documents of the parts. */
import { checkDocuments, documents } from "./check-documents.ts";

checkDocuments(documents.parts);
