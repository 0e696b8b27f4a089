/** Ways to look at the list that were kept under a name: one's own and the team's. */
import { useQuery } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, Settings2, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { withTexts } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { dialogPart } from "@/ui/part";
import { type InboxSearch, searchOfView } from "./filters";
import { viewsQuery } from "./queries";

const load = () => withTexts(import("./views-dialogs"));
const KeepDialog = dialogPart("keep-view", async () => (await load()).KeepDialog);
const ManageDialog = dialogPart("manage-views", async () => (await load()).ManageDialog);

interface ViewsProps {
  search: InboxSearch;
  onChange: (change: Partial<InboxSearch>) => void;
}

export function ViewsMenu({ search, onChange }: ViewsProps) {
  const { t } = useTranslation();
  const [keeping, setKeeping] = useState(false);
  const [managing, setManaging] = useState(false);
  const { data } = useQuery(viewsQuery);
  const views = data?.items ?? [];
  const groups = [
    { heading: "views.shared", list: views.filter((view) => view.shared) },
    { heading: "views.own", list: views.filter((view) => !view.shared) },
  ].filter((group) => group.list.length > 0);
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("views.title")}>
            <Bookmark />
          </Button>
        }
      >
        {groups.map(({ heading, list }) => (
          <div key={heading}>
            <MenuLabel>{t(heading)}</MenuLabel>
            {list.map((view) => (
              <MenuItem key={view.id} onSelect={() => onChange(searchOfView(view))}>
                {view.shared ? <Users /> : <Bookmark />}
                <span className="truncate">{view.name}</span>
              </MenuItem>
            ))}
          </div>
        ))}
        {groups.length > 0 && <MenuSeparator />}
        <MenuItem onSelect={() => setKeeping(true)}>
          <BookmarkPlus />
          {t("views.keep")}
        </MenuItem>
        {groups.length > 0 && (
          <MenuItem onSelect={() => setManaging(true)}>
            <Settings2 />
            {t("views.manage")}
          </MenuItem>
        )}
      </Menu>
      {keeping && <KeepDialog onClose={() => setKeeping(false)} search={search} />}
      {managing && <ManageDialog onClose={() => setManaging(false)} views={views} />}
    </>
  );
}
