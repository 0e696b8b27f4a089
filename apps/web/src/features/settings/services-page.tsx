/** What the company offers. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BriefcaseMedical, Star } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/api/types";
import { formatPrice } from "@/lib/money";
import { CataloguePage } from "./catalogue-page";
import { ServiceDialog } from "./service-dialog";
import {
  branchNamesQuery,
  type CatalogueFilter,
  servicesQuery,
  useDeleteService,
  usePatchService,
} from "./tenant-settings";

export function ServicesPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<CatalogueFilter>({ q: "", active: undefined });
  const list = useInfiniteQuery(servicesQuery(useDeferredValue(filter)));
  const patch = usePatchService();
  const remove = useDeleteService();
  return (
    <CataloguePage<Service>
      words={{
        title: t("services.title"),
        text: t("services.text"),
        empty: t("services.empty"),
        create: t("services.create"),
        deleteText: t("services.deleteText"),
      }}
      icon={BriefcaseMedical}
      filter={filter}
      onFilter={setFilter}
      list={list}
      row={(service) => <ServiceRow service={service} />}
      form={(service, onClose) => <ServiceDialog service={service} onClose={onClose} />}
      onPatch={(id, body) => patch.mutate({ id, body })}
      onDelete={(id, onSettled) => remove.mutate(id, { onSettled })}
      deleting={remove.isPending}
    />
  );
}

function ServiceRow({ service }: { service: Service }) {
  const { t, i18n } = useTranslation();
  const branches = useQuery(branchNamesQuery).data?.items ?? [];
  const names = branches.filter((branch) => service.branch_ids.includes(branch.id)).map(({ name }) => name);
  const below = [
    service.subtitle,
    service.price && formatPrice(service.price.amount, service.price.currency, i18n.language),
    service.duration_min && t("services.minutes", { count: service.duration_min }),
    service.branch_ids.length === 0 ? t("services.everywhere") : names.join(", "),
  ];
  return (
    <div className="flex items-center gap-3">
      {service.image_url && (
        <img
          src={service.image_url}
          alt=""
          loading="lazy"
          referrerPolicy="no-referrer"
          className="size-10 shrink-0 rounded-[6px] border border-line object-cover"
        />
      )}
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-1.5">
          <span className="truncate font-medium">{service.name}</span>
          {service.is_featured && (
            <Star aria-label={t("services.featured")} className="size-3.5 shrink-0 text-warn" />
          )}
          <code className="truncate font-mono text-xs text-muted">{service.code}</code>
        </p>
        <p className="tabular truncate text-list text-muted">{below.filter(Boolean).join(" · ")}</p>
      </div>
    </div>
  );
}
