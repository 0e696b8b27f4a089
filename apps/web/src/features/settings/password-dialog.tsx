/** Gives somebody a new password. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";
import { usePatchUser } from "./queries";

const SHORTEST = 10;

interface PasswordDialogProps {
  user: User;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function PasswordDialog({ user, open, onOpenChange }: PasswordDialogProps) {
  const { t } = useTranslation();
  const patch = usePatchUser();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const short = password.length < SHORTEST;
  function save(): void {
    setTried(true);
    if (short) return;
    patch.mutate(
      { id: user.id, body: { password } },
      {
        onSuccess: () => {
          toast.success(t("toast.passwordSet", { name: user.name }));
          setPassword("");
          setTried(false);
          onOpenChange(false);
        },
      },
    );
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("user.passwordFor", { name: user.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label={t("user.password")}
          hint={t("user.passwordHint")}
          error={tried && short ? t("form.passwordShort") : undefined}
        >
          {(field) => (
            <Input
              {...field}
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" busy={patch.isPending}>
            {t("user.setPassword")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
