// The health of the platform as it is now.
const place = document.getElementById('health');
const words = JSON.parse(document.body.dataset.states);
try {
  const response = await fetch('/api/v1/health/', {
    cache: 'no-store',
    headers: { 'accept-language': document.documentElement.lang },
  });
  const { status = 'down', services = {}, error } = await response.json();
  const ailing = Object.entries(services).filter(([, one]) => one.status !== 'up');
  const all = [words[status], ...ailing.map(([name, one]) => `${name}: ${words[one.status]}`)];
  place.textContent = error ? error.message : all.join(' · ');
  place.className = status;
} catch (error) {
  place.textContent = String(error);
  place.className = 'down';
}
