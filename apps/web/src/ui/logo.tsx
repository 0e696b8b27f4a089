/** The mark: a plug and a jack of a switchboard, joined by a cord. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--accent-ink)" strokeWidth="2.5" strokeLinecap="round">
        <circle cx="10" cy="10.5" r="3.25" />
        <circle cx="22" cy="21.5" r="3.25" fill="var(--accent-ink)" />
        <path d="M10 13.75v3.5a5 5 0 0 0 5 5h3.5" />
      </g>
    </svg>
  );
}
