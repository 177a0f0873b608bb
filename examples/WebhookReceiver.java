// A receiver of the platform's webhooks: SECRET=whsec_... java WebhookReceiver.java [port]. Java 17 alone, no packages.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class WebhookReceiver {
    static final long OLDEST_SECONDS = 300;
    static final Pattern TYPE = Pattern.compile("^\\{\"type\":\"([a-z_.0-9]+)\"");
    /** Ids that were had. A real receiver keeps them in its database, for as long as a message may be sent again. */
    static final Set<String> had = ConcurrentHashMap.newKeySet();

    static SecretKeySpec keyOf(String secret) {
        String text = secret.replaceFirst("^whsec_", "").replace('-', '+').replace('_', '/');
        return new SecretKeySpec(Base64.getDecoder().decode(text), "HmacSHA256");
    }

    static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    /** Whether a message was signed with the secret, and lately. `body` is as it came: parsed and written again it is another. */
    static boolean isOurs(HttpExchange exchange, byte[] body, SecretKeySpec key) throws GeneralSecurityException {
        String timestamp = header(exchange, "webhook-timestamp");
        if (!timestamp.matches("\\d{1,12}")) return false;
        if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) >= OLDEST_SECONDS) return false;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        mac.update((header(exchange, "webhook-id") + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
        boolean isOurs = false;
        for (String given : header(exchange, "webhook-signature").split(" "))
            isOurs |= MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
        return isOurs;
    }

    /** The work, after the answer. A real receiver parses the event and puts it into a queue of its own. */
    static void handle(String body) {
        Matcher type = TYPE.matcher(body);
        System.out.println(type.find() ? type.group(1) : body);
    }

    public static void main(String[] args) throws IOException {
        SecretKeySpec key = keyOf(System.getenv("SECRET"));
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 9000;
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean isOurs;
            try {
                isOurs = exchange.getRequestMethod().equals("POST") && isOurs(exchange, body, key);
            } catch (GeneralSecurityException error) {
                throw new IOException(error);
            }
            exchange.sendResponseHeaders(isOurs ? 204 : 400, -1);
            exchange.close();
            if (isOurs && had.add(header(exchange, "webhook-id"))) handle(new String(body, StandardCharsets.UTF_8));
        });
        server.start();
        System.out.println("listening");
    }
}
