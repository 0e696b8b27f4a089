/** Makes a tenant's database on a server that the platform knows. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, DatabaseZap } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, problemCause, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Select } from "@/ui/field";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { serversQuery, useCreateDatabase } from "./servers";

export function CreateDatabase({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const servers = useQuery(serversQuery);
  const create = useCreateDatabase(tenantId);
  const [picked, setPicked] = useState<string | null>(null);
  if (servers.isPending) return <SkeletonRows rows={2} />;
  if (servers.isError) return <ErrorState error={servers.error} onRetry={() => void servers.refetch()} />;
  const items = servers.data.items;
  const server = picked ?? items.find((one) => one.is_default)?.id ?? items[0]?.id;
  if (!server) {
    return (
      <p className="p-4 text-muted">
        {t("servers.none")}{" "}
        <Link to="/superadmin/servers" className="font-medium text-accent underline">
          {t("servers.add")}
        </Link>
      </p>
    );
  }
  return (
    <form
      className="grid gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(server, { onSuccess: () => toast.success(t("toast.databaseSaved")) });
      }}
    >
      <p className="max-w-[68ch] text-muted">{t("servers.createText")}</p>
      <Field label={t("servers.server")}>
        {(field) => (
          <Select
            {...field}
            value={server}
            disabled={create.isPending}
            onChange={(event) => {
              create.reset();
              setPicked(event.target.value);
            }}
          >
            {items.map((one) => (
              <option key={one.id} value={one.id}>
                {one.is_default ? t("servers.defaultNamed", { name: one.name }) : one.name} ({one.host}:
                {one.port}, Postgres {one.server_version})
              </option>
            ))}
          </Select>
        )}
      </Field>
      {create.error && (
        <Notice tone="bad" icon={CircleAlert}>
          <p>{problemWords(create.error, t)}</p>
          <p>{t("servers.nothingMade")}</p>
          <p className="font-mono text-xs text-muted">{problemCause(asProblem(create.error))}</p>
        </Notice>
      )}
      <Button type="submit" variant="primary" className="justify-self-end" busy={create.isPending}>
        <DatabaseZap aria-hidden />
        {t(create.isPending ? "servers.creating" : "servers.create")}
      </Button>
    </form>
  );
}
