/** The form of a quick reply: what is typed, what it says, and what is put into it each time. */
import { CircleAlert } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuickReply } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { VARIABLES, type Variable, wrongVariable } from "@/lib/variables";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Check, Field, Input, TextArea } from "@/ui/field";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useCreateQuickReply, usePatchQuickReply } from "./tenant-settings";

const LONGEST = 4096;

export function QuickReplyDialog({ reply, onClose }: { reply: QuickReply | null; onClose: () => void }) {
  const { t } = useTranslation();
  const mayShare = usePermission("settings.write");
  const mayOwn = usePermission("chat.write");
  const create = useCreateQuickReply();
  const patch = usePatchQuickReply();
  const box = useRef<HTMLTextAreaElement>(null);
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [title, setTitle] = useState(reply?.title ?? "");
  const [body, setBody] = useState(reply?.body ?? "");
  const [shared, setShared] = useState(mayShare);
  const failed = create.error ?? patch.error;
  const problem = failed ? asProblem(failed) : null;
  const served = problem ? fieldErrors(problem, t) : {};
  if (problem?.code === "shortcut_taken") served["shortcut"] = t("problem.shortcut_taken");
  const wrong = wrongVariable(body);
  const wrongWords =
    wrong &&
    (wrong.name === null
      ? t("quick.unclosed", { position: wrong.position })
      : t("quick.unknown", { name: `{{${wrong.name}}}`, position: wrong.position }));
  const complete = shortcut.trim() !== "" && title.trim() !== "" && body.trim() !== "" && !wrong;

  function insert(variable: Variable): void {
    const at = box.current?.selectionStart ?? body.length;
    const end = box.current?.selectionEnd ?? at;
    setBody(`${body.slice(0, at)}{{${variable}}}${body.slice(end)}`);
    box.current?.focus();
  }

  function submit(): void {
    if (!complete) return;
    const values = { shortcut: shortcut.trim(), title: title.trim(), body: body.trim() };
    const saved = {
      onSuccess: () => {
        toast.success(t("toast.saved"));
        onClose();
      },
    };
    if (reply) patch.mutate({ id: reply.id, body: values }, saved);
    else create.mutate({ ...values, shared }, saved);
  }

  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={reply ? t("catalogue.edit", { name: reply.title }) : t("quick.create")}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {problem && Object.keys(served).length === 0 && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(problem, t)}
          </Notice>
        )}
        <div className="grid gap-4 sm:grid-cols-[12rem_1fr]">
          <Field label={t("quick.shortcut")} hint={t("quick.shortcutHint")} error={served["shortcut"]}>
            {(field) => (
              <Input
                {...field}
                className="font-mono"
                maxLength={32}
                autoCapitalize="none"
                spellCheck={false}
                value={shortcut}
                onChange={(event) => setShortcut(event.target.value.toLowerCase())}
              />
            )}
          </Field>
          <Field label={t("quick.name")} error={served["title"]}>
            {(field) => (
              <Input
                {...field}
                maxLength={120}
                value={title}
                onChange={(event) => setTitle(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="grid gap-1.5">
          <Field label={t("quick.body")} error={wrongWords ?? served["body"]}>
            {(field) => (
              <TextArea
                {...field}
                ref={box}
                rows={5}
                maxLength={LONGEST}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            )}
          </Field>
          <fieldset className="flex flex-wrap items-center gap-1.5">
            <legend className="mb-1 text-list text-muted">{t("quick.insert")}</legend>
            {VARIABLES.map((variable) => (
              <Button key={variable} size="sm" onClick={() => insert(variable)}>
                {t(`quick.variable.${variable.replace(".", "_")}`)}
              </Button>
            ))}
          </fieldset>
        </div>
        {!reply && mayShare && mayOwn && (
          <Check
            label={t("quick.share")}
            hint={t("quick.shareHint")}
            checked={shared}
            onChange={(event) => setShared(event.target.checked)}
          />
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            variant="primary"
            disabled={!complete}
            busy={create.isPending || patch.isPending}
          >
            {t("action.save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
