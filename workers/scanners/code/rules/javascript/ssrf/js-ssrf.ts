import axios from 'axios';

const HOSTS: Record<string, string> = { eu: 'https://eu.example.com' };
const API = 'https://api.example.com';

app.post('/preview', async (req: Request, res: Response) => {
  // ruleid: js-ssrf
  const page = await fetch(req.body.url);
  const target = 'http://' + req.query.host + '/status';
  // ruleid: js-ssrf
  await axios.get(target);
  res.send(await page.text());
});

@Controller('hooks')
class Hooks {
  @Post()
  async call(@Body() hook: Hook, @Query('to') to: string) {
    // ruleid: js-ssrf
    await axios.post(to, {});
    // ruleid: js-ssrf
    await axios({ method: 'post', url: hook.address });
  }
}

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  // ruleid: js-ssrf
  return fetch(searchParams.get('target'));
}

app.get('/safe', async (req: Request, res: Response) => {
  // ok: js-ssrf
  await fetch(HOSTS[req.query.region]);
  // ok: js-ssrf
  await fetch(`https://api.example.com/items/${req.params.id}`);
  // ok: js-ssrf
  await fetch(`${API}/items/${req.params.id}`);
  // ok: js-ssrf
  await axios.get('https://api.example.com/items', { params: { q: req.query.q } });
  res.send('ok');
});
