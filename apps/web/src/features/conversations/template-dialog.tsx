/** Sends an approved template: to begin a conversation, or to take one up after its window has closed. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Plus, SendHorizontal, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { useSession } from "@/api/use-session";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, Select } from "@/ui/field";
import { Notice, SkeletonRows } from "@/ui/states";
import type { TemplateValues } from "./compose";
import { useDraft } from "./drafts";
import { contactName } from "./names";
import { templatesQuery } from "./queries";
import { sendProblemWords } from "./send-problem";
import { blanksOf, componentsFor } from "./template-parts";
import { isFilled, TemplateChoice, TemplateFilled } from "./template-picker";

export interface StartValues extends TemplateValues {
  channelId: string;
  phone: string;
}

interface TemplateDialogProps {
  /** Whom to write to; null: to be asked. */
  to: Conversation | null;
  error?: unknown;
  busy?: boolean;
  onClose: () => void;
  onSubmit: (values: StartValues, key: string) => void;
}

/** Those that most accounts here use; any other can be written. */
const LANGUAGES = ["es", "es_MX", "es_AR", "pt_BR", "en_US", "en"];

const BLANK: StartValues = { channelId: "", phone: "", name: "", language: "es", variables: [] };

function parse(text: string): StartValues {
  try {
    return { ...BLANK, ...(JSON.parse(text) as Partial<StartValues>) };
  } catch {
    return BLANK;
  }
}

/** What was filled in stays, with the key of its message, until the server is known to have it. */
export function useStartDraft(to: string) {
  const me = useSession()?.user.id ?? "";
  const { draft, write, take } = useDraft(me, to, "start");
  return {
    key: draft.key,
    values: parse(draft.text),
    change: (values: StartValues) => write({ text: JSON.stringify(values) }),
    take,
  };
}

const PHONE = /^\+?[\d\s().-]{7,24}$/;

export function TemplateDialog({ to, error, busy, onClose, onSubmit }: TemplateDialogProps) {
  const { t } = useTranslation();
  const { data: channels } = useQuery(channelsQuery);
  const { key, values, change, take } = useStartDraft(to?.id ?? "new");
  const lines = channels?.items.filter((line) => line.is_active && line.has_token) ?? [];
  const chosen = values.channelId || (lines.find((line) => line.is_default) ?? lines[0])?.id || "";
  const line = to?.channel.id ?? chosen;
  const asked = useQuery({ ...templatesQuery(line), enabled: line !== "" });
  const [isByHand, setIsByHand] = useState(false);
  const templates = asked.data?.items ?? [];
  const picks = templates.length > 0 && !isByHand;
  const picked = picks
    ? templates.find(({ name, language }) => name === values.name && language === values.language)
    : undefined;
  const blanks = picked ? blanksOf(picked) : null;
  const isWhole = picks
    ? Boolean(blanks?.every((blank, at) => isFilled(blank, values.variables[at] ?? "")))
    : values.name.trim() !== "" &&
      values.language.trim() !== "" &&
      values.variables.every((value) => value.trim());
  const isReady = isWhole && (to !== null || (chosen !== "" && PHONE.test(values.phone.trim())));

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady || busy) return;
    // A conversation's template waits in the outbox from here on; a first message here, until it is answered.
    if (to) take();
    const filled = picked && blanks ? { components: componentsFor(picked, blanks, values.variables) } : {};
    onSubmit({ ...values, ...filled, channelId: chosen }, key);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(to ? "template.send" : "template.start")}
      description={to ? t("template.to", { name: contactName(to.contact) }) : t("template.why")}
    >
      <form className="grid gap-4" onSubmit={submit}>
        {Boolean(error) && (
          <Notice tone="bad" icon={CircleAlert}>
            {sendProblemWords(error, t)}
          </Notice>
        )}
        {!to && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t("template.line")}>
              {(field) => (
                <Select
                  {...field}
                  value={chosen}
                  onChange={(event) => change({ ...values, channelId: event.target.value })}
                >
                  {lines.map((line) => (
                    <option key={line.id} value={line.id}>
                      {line.display_name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={t("template.phone")} hint={t("template.phoneHint")}>
              {(field) => (
                <Input
                  {...field}
                  type="tel"
                  autoComplete="off"
                  value={values.phone}
                  onChange={(event) => change({ ...values, phone: event.target.value })}
                />
              )}
            </Field>
          </div>
        )}
        {picks && picked && blanks && (
          <TemplateFilled
            template={picked}
            blanks={blanks}
            values={values.variables}
            onChange={(variables) => change({ ...values, variables })}
            onOther={() => change({ ...values, name: "", variables: [] })}
          />
        )}
        {picks && !picked && (
          <TemplateChoice
            templates={templates}
            onPick={({ name, language }) => change({ ...values, name, language, variables: [] })}
          />
        )}
        {asked.isLoading && <SkeletonRows rows={3} />}
        {(asked.isError || asked.data?.items.length === 0) && (
          <p role="status" className="text-list text-muted">
            {asked.isError
              ? t("templatePick.notAsked", { reason: problemWords(asked.error, t) })
              : t("templatePick.noneYet")}
          </p>
        )}
        {!picks && !asked.isLoading && <ByHand values={values} onChange={change} />}
        {templates.length > 0 && (
          <Button size="sm" variant="ghost" className="w-fit" onClick={() => setIsByHand(!isByHand)}>
            {t(isByHand ? "templatePick.fromList" : "templatePick.byHand")}
          </Button>
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!isReady} busy={busy ?? false}>
            <SendHorizontal aria-hidden />
            {t("composer.send")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** A template that is not in the list: by its name, its language and its variables in their order. */
function ByHand({ values, onChange }: { values: StartValues; onChange: (values: StartValues) => void }) {
  const { t } = useTranslation();
  const languages = useId();
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
        <Field label={t("template.name")} hint={t("template.nameHint")}>
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              value={values.name}
              onChange={(event) => onChange({ ...values, name: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("template.language")}>
          {(field) => (
            <Input
              {...field}
              list={languages}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              value={values.language}
              onChange={(event) => onChange({ ...values, language: event.target.value })}
            />
          )}
        </Field>
        <datalist id={languages}>
          {LANGUAGES.map((code) => (
            <option key={code} value={code} />
          ))}
        </datalist>
      </div>
      <Variables values={values.variables} onChange={(variables) => onChange({ ...values, variables })} />
    </>
  );
}

function Variables({ values, onChange }: { values: string[]; onChange: (values: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-list font-medium">{t("template.variables")}</legend>
      {values.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a variable is known by its place alone
        <div key={index} className="flex items-center gap-2">
          <span
            aria-hidden
            className="w-10 shrink-0 font-mono text-list text-muted"
          >{`{{${index + 1}}}`}</span>
          <Input
            aria-label={t("template.variable", { number: index + 1 })}
            value={value}
            onChange={(event) => onChange(values.map((old, at) => (at === index ? event.target.value : old)))}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label={t("template.removeVariable", { number: index + 1 })}
            onClick={() => onChange(values.filter((_, at) => at !== index))}
          >
            <Trash2 />
          </Button>
        </div>
      ))}
      <Button size="sm" className="w-fit" onClick={() => onChange([...values, ""])}>
        <Plus aria-hidden />
        {t("template.addVariable")}
      </Button>
    </fieldset>
  );
}
