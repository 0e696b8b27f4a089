/** What holds for the whole company: switches, hours, holidays, the answer outside them, who commands the bot. */
import { useQuery } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Settings } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { asProblem, pointerErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Check, Field, Select, TextArea } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { changesOf, draftOf } from "./general";
import { HolidaysCard, HoursCard, type SectionProps } from "./hours-editor";
import { settingsQuery, useSaveSettings } from "./tenant-settings";

const LANGUAGES = ["es", "en", "pt"] as const;
const LONGEST_MESSAGE = 4096;

export function GeneralPage() {
  const { t } = useTranslation();
  const settings = useQuery(settingsQuery);
  // What is being written stays, whatever is read behind it; whoever saves it is told by the version.
  const [opened, setOpened] = useState<Settings | null>(null);
  const shown = opened ?? settings.data;
  return (
    <Page title={t("general.title")} text={t("general.text")}>
      {shown ? (
        <GeneralForm
          key={shown.version}
          settings={shown}
          onEdit={() => setOpened(shown)}
          onClean={() => setOpened(null)}
          onReload={async () => {
            await settings.refetch();
            setOpened(null);
          }}
        />
      ) : settings.isError ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <Card>
          <SkeletonRows height="h-16" />
        </Card>
      )}
    </Page>
  );
}

interface GeneralFormProps {
  settings: Settings;
  onEdit: () => void;
  onClean: () => void;
  onReload: () => Promise<void>;
}

function GeneralForm({ settings, onEdit, onClean, onReload }: GeneralFormProps) {
  const { t } = useTranslation();
  const canWrite = usePermission("settings.write");
  const save = useSaveSettings();
  const [loaded] = useState(() => draftOf(settings));
  const [draft, setDraft] = useState(loaded);
  const changes = changesOf(loaded, draft);
  const dirty = Object.keys(changes).length > 0;
  const leaving = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  const problem = save.error ? asProblem(save.error) : null;
  const section: SectionProps = {
    draft,
    disabled: !canWrite || save.isPending,
    errors: problem ? pointerErrors(problem, t) : {},
    onChange: (change) => {
      onEdit();
      setDraft((now) => ({ ...now, ...change }));
    },
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!dirty) return;
        save.mutate(
          { ...changes, version: settings.version },
          {
            onSuccess: () => {
              onClean();
              toast.success(t("toast.saved"));
            },
          },
        );
      }}
    >
      <RepliesCard {...section} settings={settings} />
      <HoursCard {...section} settings={settings} />
      <HolidaysCard {...section} />
      <AwayCard {...section} />
      {problem && (
        <Notice tone="bad" icon={CircleAlert}>
          <p>{problemWords(problem, t)}</p>
          {problem.code === "settings_changed" && (
            <Button size="sm" className="mt-2" onClick={() => void onReload()}>
              {t("general.reload")}
            </Button>
          )}
        </Notice>
      )}
      {dirty && canWrite && (
        <div className="sticky bottom-3 flex flex-wrap items-center justify-end gap-2 rounded-md border border-line bg-surface p-2 pl-3 shadow-lg">
          <p role="status" className="mr-auto font-medium">
            {t("general.unsaved")}
          </p>
          <Button
            disabled={save.isPending}
            onClick={() => {
              setDraft(loaded);
              save.reset();
              onClean();
            }}
          >
            {t("general.discard")}
          </Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            {t("action.save")}
          </Button>
        </div>
      )}
      <Confirm
        open={leaving.status === "blocked"}
        onOpenChange={(open) => !open && leaving.reset?.()}
        title={t("general.leave.title")}
        text={t("general.leave.text")}
        verb={t("general.leave.verb")}
        onConfirm={() => leaving.proceed?.()}
      />
    </form>
  );
}

function RepliesCard({ draft, disabled, errors, onChange, settings }: SectionProps & { settings: Settings }) {
  const { t } = useTranslation();
  const phoneError = Object.entries(errors).find(([pointer]) => pointer.startsWith("/admin_phones"));
  const byDefault = settings.admin_phones_default.join(", ");
  return (
    <Card title={t("general.replies.title")}>
      <div className="grid gap-4 p-4">
        <Check
          label={t("general.replies.bot")}
          hint={t("general.replies.botHint")}
          disabled={disabled}
          checked={draft.bot_enabled}
          onChange={(event) => onChange({ bot_enabled: event.target.checked })}
        />
        <Check
          label={t("general.replies.auto")}
          hint={t("general.replies.autoHint")}
          disabled={disabled}
          checked={draft.auto_reply_enabled}
          onChange={(event) => onChange({ auto_reply_enabled: event.target.checked })}
        />
        <Field label={t("general.replies.language")} error={errors["/language"]}>
          {(field) => (
            <Select
              {...field}
              className="max-w-60"
              disabled={disabled}
              value={draft.language}
              onChange={(event) => {
                const language = LANGUAGES.find((code) => code === event.target.value);
                if (language) onChange({ language });
              }}
            >
              {LANGUAGES.map((code) => (
                <option key={code} value={code}>
                  {t(`general.language.${code}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label={t("general.phones.title")}
          hint={byDefault ? t("general.phones.hintDefault", { phones: byDefault }) : t("general.phones.hint")}
          error={phoneError && t("general.phones.wrong", { error: phoneError[1] })}
        >
          {(field) => (
            <TextArea
              {...field}
              rows={3}
              className="tabular max-w-96"
              placeholder="+51987654321"
              disabled={disabled}
              value={draft.admin_phones}
              onChange={(event) => onChange({ admin_phones: event.target.value })}
            />
          )}
        </Field>
      </div>
    </Card>
  );
}

function AwayCard({ draft, disabled, errors, onChange }: SectionProps) {
  const { t } = useTranslation();
  return (
    <Card title={t("general.away.title")}>
      <div className="p-4">
        <Field label={t("general.away.label")} hint={t("general.away.hint")} error={errors["/away_message"]}>
          {(field) => (
            <TextArea
              {...field}
              rows={4}
              maxLength={LONGEST_MESSAGE}
              disabled={disabled}
              value={draft.away_message}
              onChange={(event) => onChange({ away_message: event.target.value })}
            />
          )}
        </Field>
      </div>
    </Card>
  );
}
