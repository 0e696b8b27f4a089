/** SuperAdmins: who they are, inviting them, and whether they need a second factor. */
import { useQuery } from "@tanstack/react-query";
import { UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SentLink } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { LinkDialog } from "@/ui/link-dialog";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { superadminsQuery, useInviteSuperadmin } from "./people";
import { PersonForm } from "./person-form";
import { PersonRow } from "./person-row";
import { TotpRequired } from "./totp-required";

export function PeoplePage() {
  const { t } = useTranslation();
  const people = useQuery(superadminsQuery);
  const invite = useInviteSuperadmin();
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<{ name: string; sent: SentLink } | null>(null);
  const add = (
    <Button variant="primary" onClick={() => setInviting(true)}>
      <UserPlus aria-hidden />
      {t("people.invite")}
    </Button>
  );
  const close = () => {
    setInviting(false);
    invite.reset();
  };
  return (
    <Page title={t("people.title")} text={t("people.text")} actions={add}>
      <div className="grid grid-cols-1 gap-4">
        <Card>
          {people.isPending ? (
            <SkeletonRows rows={3} height="h-16" />
          ) : people.isError ? (
            <ErrorState error={people.error} onRetry={() => void people.refetch()} />
          ) : people.data.items.length === 0 ? (
            <EmptyState icon={Users} text={t("people.empty")}>
              {add}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {people.data.items.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  onLink={(sent) => setLink({ name: person.name, sent })}
                />
              ))}
            </ul>
          )}
        </Card>
        <TotpRequired people={people.data?.items ?? []} />
      </div>
      <Dialog
        open={inviting}
        onOpenChange={close}
        title={t("people.invite")}
        description={t("people.inviteText")}
      >
        <PersonForm
          error={invite.error}
          busy={invite.isPending}
          onCancel={close}
          onSubmit={(body) =>
            invite.mutate(body, {
              onSuccess: ({ user, invitation }) => {
                close();
                if (invitation.invite_url) setLink({ name: user.name, sent: invitation });
                else toast.success(t("sentLink.mailed", { email: user.email }));
              },
            })
          }
        />
      </Dialog>
      <LinkDialog link={link} onClose={() => setLink(null)} />
    </Page>
  );
}
