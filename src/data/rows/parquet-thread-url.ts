/** Where the thread that reads Parquet begins; in what is bundled into one file, the thread itself (scripts/parquet-thread.ts). */
import { extname } from "node:path";

export const parquetThreadUrl = new URL(`./parquet-thread${extname(import.meta.url)}`, import.meta.url);
