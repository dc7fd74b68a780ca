/** Message templates, one a name and language. */

import type { Template } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import type { Database } from "./database.ts";

type TemplateRow = {
  platform: string;
  name: string;
  language: string;
  status: string;
  category: string | null;
  components: string;
};

function toTemplate(row: TemplateRow): Template {
  return {
    name: row.name,
    language: row.language,
    status: row.status,
    platform: row.platform as NonNullable<Template["platform"]>,
    ...(row.category === null ? {} : { category: row.category }),
    components: parseKeptJson<Template["components"]>(row.components),
  };
}

export function createTemplatesTable({ sql }: Database) {
  const save = sql.prepare(
    `INSERT INTO templates (org_id, platform, name, language, status, category, components) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET status = excluded.status, category = excluded.category, components = excluded.components`,
  );
  const byName = sql.prepare("SELECT * FROM templates WHERE org_id = ? AND platform = ? AND name = ? AND language = ?");
  const byOrg = sql.prepare("SELECT * FROM templates WHERE org_id = ? ORDER BY platform, name, language");
  const byPlatform = sql.prepare("SELECT * FROM templates WHERE org_id = ? AND platform = ? ORDER BY name, language");

  return {
    save: (orgId: string, template: Template & { platform: string }) =>
      save.run(
        orgId,
        template.platform,
        template.name,
        template.language,
        template.status,
        template.category ?? null,
        JSON.stringify(template.components),
      ),
    byName: (orgId: string, platform: string, name: string, language: string): Template | undefined => {
      const row = byName.get(orgId, platform, name, language) as TemplateRow | undefined;
      return row && toTemplate(row);
    },
    list: (orgId: string, platform?: string): Template[] =>
      ((platform === undefined ? byOrg.all(orgId) : byPlatform.all(orgId, platform)) as TemplateRow[]).map(toTemplate),
  };
}
