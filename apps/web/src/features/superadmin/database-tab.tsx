/** A tenant's database: have one made, or paste a URL, see exactly what is wrong with it, save it. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Database, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DatabaseTest, TenantDatabase } from "@/api/types";
import { asProblem, problemCause, problemWords } from "@/lib/problem";
import { formatFull, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Check, Field } from "@/ui/field";
import { Card } from "@/ui/page";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CreateDatabase } from "./create-database";
import { databaseQuery, useSaveDatabase, useTestDatabase } from "./queries";
import { UrlInput } from "./url-input";

export function DatabaseTab({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const database = useQuery(databaseQuery(tenantId));
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card title={t("database.current")}>
        {database.isPending ? (
          <SkeletonRows rows={2} />
        ) : database.isError ? (
          <ErrorState error={database.error} onRetry={() => void database.refetch()} />
        ) : database.data.attached ? (
          <Attached database={database.data} />
        ) : (
          <p className="flex items-center gap-2 p-4 text-muted">
            <Database aria-hidden className="size-4" />
            {t("database.none")}
          </p>
        )}
      </Card>
      {database.data && !database.data.attached && (
        <Card title={t("servers.createTitle")}>
          <CreateDatabase tenantId={tenantId} />
        </Card>
      )}
      <Card title={t(database.data?.attached ? "database.change" : "database.attach")}>
        <UrlForm tenantId={tenantId} />
      </Card>
    </div>
  );
}

function Attached({ database }: { database: TenantDatabase }) {
  const { t, i18n } = useTranslation();
  const rows: [string, string | null][] = [
    [t("database.host"), database.host && `${database.host}${database.port ? `:${database.port}` : ""}`],
    [t("database.name"), database.database],
    [t("database.user"), database.user],
    ["sslmode", database.sslmode],
    [t("database.server"), database.server_version],
    [
      t("database.updated"),
      database.updated_at && formatFull(database.updated_at, i18n.language, localZone()),
    ],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 p-4">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 wrap-anywhere">{value ?? "—"}</dd>
        </div>
      ))}
    </dl>
  );
}

function UrlForm({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const [migrate, setMigrate] = useState(false);
  const test = useTestDatabase(tenantId);
  const save = useSaveDatabase(tenantId);
  const busy = test.isPending || save.isPending;
  const error = save.error ?? test.error;
  const cause = error ? problemCause(asProblem(error)) : null;
  // A schema that is behind is the one failure that can be put right from here.
  const canMigrate =
    cause === "db_not_migrated" ||
    cause === "db_behind" ||
    (test.data !== undefined && test.data.schema.state !== "current");

  function change(next: string): void {
    setUrl(next);
    test.reset();
    save.reset();
  }

  return (
    <form
      className="grid gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.reset();
        test.mutate(url.trim());
      }}
    >
      <Field label={t("database.url")} hint={t("database.urlHint")}>
        {(field) => (
          <UrlInput
            field={field}
            placeholder="postgres://usuario:clave@servidor:5432/base?sslmode=require"
            value={url}
            onChange={change}
          />
        )}
      </Field>
      {error != null && (
        <Notice tone="bad" icon={CircleAlert}>
          <p>{problemWords(error, t)}</p>
          {cause && <p className="font-mono text-xs text-muted">{cause}</p>}
        </Notice>
      )}
      {test.data && !error && <TestResult result={test.data} />}
      {canMigrate && (
        <Check
          label={t("database.migrate")}
          hint={t("database.migrateHint")}
          checked={migrate}
          onChange={(event) => setMigrate(event.target.checked)}
        />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button type="submit" disabled={!url.trim() || busy} busy={test.isPending}>
          {test.isPending ? t("database.testing") : t("database.test")}
        </Button>
        <Button
          variant="primary"
          disabled={!url.trim() || busy || (canMigrate && !migrate)}
          busy={save.isPending}
          onClick={() =>
            save.mutate(
              { url: url.trim(), migrate: canMigrate && migrate },
              {
                onSuccess: () => {
                  toast.success(t("toast.databaseSaved"));
                  change("");
                  setMigrate(false);
                },
              },
            )
          }
        >
          {save.isPending ? t("database.saving") : t("database.save")}
        </Button>
      </div>
    </form>
  );
}

function TestResult({ result }: { result: DatabaseTest }) {
  const { t } = useTranslation();
  const ready = result.schema.state === "current";
  return (
    <Notice tone={ready ? "ok" : "warn"} icon={ready ? CircleCheck : TriangleAlert}>
      <p className="font-medium">
        {t(`database.state.${result.schema.state}`, {
          current: result.schema.current ?? "0",
          expected: result.schema.expected,
        })}
      </p>
      <p className="text-list text-muted">
        {t("database.tested", { version: result.server_version, ms: result.latency_ms })}{" "}
        {t(`database.owner.${result.owner}`)} {t("database.users", { count: result.users })}
      </p>
    </Notice>
  );
}
