/** Asks with whose eyes, why and for how long before a SuperAdmin looks into a company's panel. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accessErrors } from "@/lib/access-errors";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CodeField } from "@/ui/code-field";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Check, Field, Input, Select, TextArea } from "@/ui/field";
import { Notice } from "@/ui/states";
import { type ImpersonateBody, useImpersonate } from "./impersonation";
import { tenantUsersQuery } from "./queries";

const ROLES = ["admin", "recepcion", "caja", "marketing", "doctor"];
const MINUTES = [5, 15, 30, 60];
/** As the API takes it. */
const REASON = { shortest: 5, longest: 500 };

interface ImpersonateDialogProps {
  tenantId: string;
  onClose: () => void;
  onDone: () => void;
}

export function ImpersonateDialog({ tenantId, onClose, onDone }: ImpersonateDialogProps) {
  const { t } = useTranslation();
  const users = useQuery(tenantUsersQuery(tenantId)).data?.items ?? [];
  const begin = useImpersonate(tenantId, onDone);
  const [eyes, setEyes] = useState("role:admin");
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(15);
  const [write, setWrite] = useState(false);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const wrong = accessErrors(begin.error, t);
  const own = [...new Set(users.map((user) => user.role))].filter((role) => !ROLES.includes(role));
  const people = users.filter((user) => user.is_active !== false);
  const ready = reason.trim().length >= REASON.shortest && (!write || password !== "");
  const elsewhere = begin.error && Object.keys(wrong).length === 0;

  function submit(): void {
    if (!ready) return;
    const [kind, id] = [eyes.slice(0, 4), eyes.slice(5)];
    const body: ImpersonateBody = {
      ...(kind === "role" ? { role: id } : { user_id: id }),
      reason: reason.trim(),
      minutes,
      write,
      ...(write ? { password, ...(code.trim() ? { code: code.trim() } : {}) } : {}),
    };
    begin.mutate(body);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("impersonation.title")}
      description={t("impersonation.text")}
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {elsewhere && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(begin.error, t)}
          </Notice>
        )}
        <Field label={t("impersonation.eyes")} error={wrong["role"] ?? wrong["user_id"]}>
          {(props) => (
            <Select {...props} value={eyes} onChange={(event) => setEyes(event.target.value)}>
              <optgroup label={t("impersonation.roles")}>
                {[...ROLES, ...own].map((role) => (
                  <option key={role} value={`role:${role}`}>
                    {t(`role.${role}`, { defaultValue: role })}
                  </option>
                ))}
              </optgroup>
              {people.length > 0 && (
                <optgroup label={t("impersonation.people")}>
                  {people.map((user) => (
                    <option key={user.id} value={`user:${user.id}`}>
                      {user.name} · {user.email}
                    </option>
                  ))}
                </optgroup>
              )}
            </Select>
          )}
        </Field>
        <Field label={t("impersonation.reason")} hint={t("impersonation.reasonHint")} error={wrong["reason"]}>
          {(props) => (
            <TextArea
              {...props}
              rows={2}
              value={reason}
              maxLength={REASON.longest}
              autoFocus
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <Field label={t("impersonation.minutes")} error={wrong["minutes"]}>
          {(props) => (
            <Select {...props} value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
              {MINUTES.map((count) => (
                <option key={count} value={count}>
                  {t("impersonation.minutesOption", { count })}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Check
          label={t("impersonation.write")}
          hint={t("impersonation.writeHint")}
          checked={write}
          onChange={(event) => setWrite(event.target.checked)}
        />
        {write && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t("impersonation.password")} error={wrong["password"]}>
              {(props) => (
                <Input
                  {...props}
                  type="password"
                  value={password}
                  autoComplete="current-password"
                  onChange={(event) => setPassword(event.target.value)}
                />
              )}
            </Field>
            <CodeField
              label={t("impersonation.code")}
              value={code}
              onChange={setCode}
              error={wrong["code"]}
            />
          </div>
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!ready} busy={begin.isPending}>
            {t("impersonation.begin")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
