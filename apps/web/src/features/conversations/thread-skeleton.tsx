/** The shape of a thread before it is there. */
import { useTranslation } from "react-i18next";
import { Skeleton } from "@/ui/states";

export function MessagesSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")} className="flex h-full flex-col justify-end gap-3 p-4">
      <Skeleton className="h-12 w-1/2" />
      <Skeleton className="h-9 w-1/3" />
      <Skeleton className="h-16 w-1/2 self-end" />
      <Skeleton className="h-9 w-2/5" />
      <Skeleton className="h-9 w-1/4 self-end" />
    </div>
  );
}

/** All of it: header, messages and the box. */
export function ThreadSkeleton() {
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-14 items-center gap-3 border-b border-line bg-surface px-3 py-2">
        <Skeleton className="size-10 rounded-full" />
        <Skeleton className="h-3.5 w-36" />
      </div>
      <div className="min-h-0 flex-1">
        <MessagesSkeleton />
      </div>
      <div className="border-t border-line bg-surface p-3">
        <Skeleton className="h-18" />
      </div>
    </div>
  );
}
