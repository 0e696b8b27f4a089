/** A server for databases. The URL of its administrator only goes in: an empty box keeps what is stored. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DatabaseServer, DatabaseServerPatch, NewDatabaseServer } from "@/api/types";
import { asProblem, fieldErrors, problemCause, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Check, Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import { UrlInput } from "./url-input";

interface ServerFormProps {
  server: DatabaseServer | null;
  error: unknown;
  busy: boolean;
  onAdd: (body: NewDatabaseServer) => void;
  onChange: (body: DatabaseServerPatch) => void;
  onCancel: () => void;
}

export function ServerForm({ server, error, busy, onAdd, onChange, onCancel }: ServerFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(server?.name ?? "");
  const [url, setUrl] = useState("");
  const [isDefault, setDefault] = useState(server?.is_default ?? false);
  const nameError = error ? fieldErrors(error, t)["name"] : undefined;
  const ready = name.trim() !== "" && (server !== null || url.trim() !== "");

  function submit(): void {
    const typed = url.trim();
    if (!server) onAdd({ name: name.trim(), url: typed, is_default: isDefault });
    else {
      onChange({
        ...(name.trim() === server.name ? {} : { name: name.trim() }),
        ...(typed ? { url: typed } : {}),
        ...(isDefault && !server.is_default ? { is_default: true } : {}),
      });
    }
  }

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) submit();
      }}
    >
      {error != null && !nameError && (
        <Notice tone="bad" icon={CircleAlert}>
          <p>{problemWords(error, t)}</p>
          <p className="font-mono text-xs text-muted">{problemCause(asProblem(error))}</p>
        </Notice>
      )}
      <Field label={t("servers.name")} error={nameError}>
        {(field) => (
          <Input {...field} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={t("servers.url")} hint={t(server ? "servers.urlKept" : "servers.urlHint")}>
        {(field) => (
          <UrlInput
            field={field}
            placeholder={server ? "••••••••" : "postgres://usuario:clave@servidor:5432/postgres"}
            value={url}
            onChange={setUrl}
          />
        )}
      </Field>
      <Check
        label={t("servers.makeDefault")}
        hint={t("servers.defaultHint")}
        checked={isDefault}
        disabled={server?.is_default ?? false}
        onChange={(event) => setDefault(event.target.checked)}
      />
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
          {t(busy ? "database.testing" : server ? "action.save" : "servers.addVerb")}
        </Button>
      </DialogActions>
    </form>
  );
}
