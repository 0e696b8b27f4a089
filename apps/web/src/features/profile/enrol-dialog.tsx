/** Setting a second factor up: password, authenticator, first code, recovery codes. */

import { CircleAlert } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Enrolment } from "@/api/types";
import { accessErrors } from "@/lib/access-errors";
import { withTexts } from "@/lib/i18n";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CodeField } from "@/ui/code-field";
import { Copy } from "@/ui/copy";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Notice, Skeleton } from "@/ui/states";
import { useConfirmTotp, useEnrol } from "./queries";
import { RecoveryCodes } from "./recovery-codes";

const Qr = lazy(async () => ({ default: (await withTexts(import("qrcode.react"))).QRCodeSVG }));

export function EnrolDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const enrol = useEnrol();
  const confirm = useConfirmTotp();
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onKept={onDone} />;
  const enrolment = enrol.data;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("totp.setUp")}
      description={t(enrolment ? "totp.scanText" : "totp.passwordText")}
    >
      {enrolment ? (
        <ScanStep
          enrolment={enrolment}
          error={confirm.error}
          busy={confirm.isPending}
          onCode={(code) => confirm.mutate(code)}
          onCancel={onClose}
        />
      ) : (
        <PasswordStep
          error={enrol.error}
          busy={enrol.isPending}
          onPassword={(password) => enrol.mutate(password)}
          onCancel={onClose}
        />
      )}
    </Dialog>
  );
}

interface StepProps {
  error: unknown;
  busy: boolean;
  onCancel: () => void;
}

function PasswordStep({
  error,
  busy,
  onPassword,
  onCancel,
}: StepProps & { onPassword: (password: string) => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const served = accessErrors(error, t);
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (password) onPassword(password);
      }}
    >
      <Field
        label={t("profile.password.current")}
        error={error ? (served["password"] ?? problemWords(error, t)) : undefined}
      >
        {(field) => (
          <Input
            {...field}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={!password} busy={busy}>
          {t("totp.next")}
        </Button>
      </DialogActions>
    </form>
  );
}

function ScanStep({
  enrolment,
  error,
  busy,
  onCode,
  onCancel,
}: StepProps & { enrolment: Enrolment; onCode: (code: string) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const served = accessErrors(error, t);
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim()) onCode(code.trim());
      }}
    >
      {error != null && !served["code"] && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(error, t)}
        </Notice>
      )}
      <div className="grid place-items-center gap-3">
        <Suspense fallback={<Skeleton className="size-48" />}>
          <Qr
            value={enrolment.url}
            size={192}
            marginSize={3}
            title={t("totp.qr")}
            role="img"
            className="rounded-md border border-line"
          />
        </Suspense>
        <div className="grid max-w-full justify-items-center gap-0.5 text-center">
          <span className="text-list text-muted">{t("totp.byHand")}</span>
          <Copy value={enrolment.secret} whole />
        </div>
      </div>
      <CodeField
        label={t("totp.firstCode")}
        hint={t("totp.firstCodeHint")}
        error={served["code"]}
        value={code}
        onChange={setCode}
        autoFocus
      />
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={!code.trim()} busy={busy}>
          {t("totp.turnOn")}
        </Button>
      </DialogActions>
    </form>
  );
}
