// The health of the platform as it is now.
const place = document.getElementById('health');
try {
  const response = await fetch('/api/v1/health/', { cache: 'no-store' });
  const { status, services } = await response.json();
  const ailing = Object.entries(services ?? {}).filter(([, one]) => one.status !== 'up');
  place.textContent = [status, ...ailing.map(([name, one]) => `${name}: ${one.status}`)].join(' · ');
  place.className = status;
} catch (error) {
  place.textContent = String(error);
  place.className = 'down';
}
