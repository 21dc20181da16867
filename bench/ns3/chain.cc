// The experiments of this folder in ns-3 (3.37), for a second opinion and for comparing speed. Written for this tree.
//
//   chain hops PACKETS            bursts over three links with rate, queue and loss: packet-hops, seconds
//   chain md1 RHO PACKETS         mean time in the system of equal packets by chance on one link, in ns
//   chain tcp LOSS RTT_MS SECONDS octets a second of one NewReno stream that loses a share of its packets
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

// The same figures as bench/chain.ts.
constexpr uint32_t LINKS = 3;
constexpr uint32_t PAYLOAD = 512;
constexpr uint32_t BURST = 8;
constexpr uint64_t BURST_GAP_NS = 40000;
constexpr double LOSS = 0.001;
constexpr uint16_t PORT = 9;

Ptr<RateErrorModel>
LossOf(double share)
{
    auto model = CreateObject<RateErrorModel>();
    model->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    model->SetRate(share);
    return model;
}

uint64_t g_hops = 0;

void
Hopped(Ptr<const Packet>)
{
    g_hops += 1;
}

void
SendBurst(Ptr<Socket> socket, uint32_t left)
{
    for (uint32_t n = 0; n < BURST; n++)
    {
        socket->Send(Create<Packet>(PAYLOAD));
    }
    if (left > 1)
    {
        Simulator::Schedule(NanoSeconds(BURST_GAP_NS), &SendBurst, socket, left - 1);
    }
}

void
Drain(Ptr<Socket> socket)
{
    while (socket->Recv())
    {
    }
}

int
Hops(uint32_t packets)
{
    NodeContainer nodes(LINKS + 1);
    InternetStackHelper stack;
    Ipv4StaticRoutingHelper routing;
    stack.SetRoutingHelper(routing);
    stack.Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("1ms"));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000p"));
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    TrafficControlHelper control;
    Ipv4Address last;
    for (uint32_t i = 0; i < LINKS; i++)
    {
        auto devices = link.Install(nodes.Get(i), nodes.Get(i + 1));
        auto given = addresses.Assign(devices);
        addresses.NewNetwork();
        // The queue of the device alone, as in ours.
        control.Uninstall(devices);
        devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(LossOf(LOSS)));
        devices.Get(1)->TraceConnectWithoutContext("MacRx", MakeCallback(&Hopped));
        last = given.GetAddress(1);
    }
    for (uint32_t i = 0; i + 1 < LINKS; i++)
    {
        auto ipv4 = nodes.Get(i)->GetObject<Ipv4>();
        routing.GetStaticRouting(ipv4)->SetDefaultRoute(
            nodes.Get(i + 1)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal(),
            i == 0 ? 1 : 2);
    }
    auto sink = Socket::CreateSocket(nodes.Get(LINKS), UdpSocketFactory::GetTypeId());
    sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    sink->SetRecvCallback(MakeCallback(&Drain));
    auto source = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    source->Bind();
    source->Connect(InetSocketAddress(last, PORT));
    Simulator::ScheduleNow(&SendBurst, source, packets / BURST);
    const auto start = std::chrono::steady_clock::now();
    Simulator::Run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << g_hops << " " << took.count() << std::endl;
    Simulator::Destroy();
    return 0;
}

struct Queue
{
    Ptr<PointToPointNetDevice> from;
    Ptr<ExponentialRandomVariable> gaps;
    double meanGapNs = 0;
    uint32_t left = 0;
    std::deque<Time> came;
    double sumNs = 0;
    uint32_t counted = 0;
    uint32_t skips = 0;
};

// What enters the wire: 998 octets and 2 of PPP.
constexpr uint32_t ON_WIRE = 1000;

void
Arrive(Queue* queue)
{
    queue->came.push_back(Simulator::Now());
    queue->from->Send(Create<Packet>(ON_WIRE - 2), queue->from->GetBroadcast(), 0x0800);
    if (--queue->left > 0)
    {
        const double gap = queue->gaps->GetValue() * queue->meanGapNs;
        Simulator::Schedule(NanoSeconds(static_cast<uint64_t>(gap + 0.5)), &Arrive, queue);
    }
}

bool
Arrived(Queue* queue, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&)
{
    const Time came = queue->came.front();
    queue->came.pop_front();
    if (queue->skips > 0)
    {
        queue->skips -= 1;
        return true;
    }
    queue->sumNs += static_cast<double>((Simulator::Now() - came).GetNanoSeconds());
    queue->counted += 1;
    return true;
}

int
Md1(double rho, uint32_t packets)
{
    NodeContainer nodes(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("8Mbps"));
    link.SetChannelAttribute("Delay", StringValue("0ms"));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000000p"));
    auto devices = link.Install(nodes);
    Queue queue;
    queue.from = DynamicCast<PointToPointNetDevice>(devices.Get(0));
    queue.gaps = CreateObject<ExponentialRandomVariable>();
    queue.gaps->SetAttribute("Mean", DoubleValue(1.0));
    queue.meanGapNs = ON_WIRE * 1000.0 / rho;
    queue.left = packets;
    queue.skips = packets / 20;
    devices.Get(1)->SetReceiveCallback(MakeBoundCallback(&Arrived, &queue));
    Simulator::ScheduleNow(&Arrive, &queue);
    Simulator::Run();
    std::cout << queue.sumNs / queue.counted << std::endl;
    Simulator::Destroy();
    return 0;
}

int
Tcp(double loss, double rttMs, double seconds)
{
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpNewReno::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1440));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
    Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(1));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1 << 22));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1 << 22));
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(MilliSeconds(200)));
    NodeContainer nodes(2);
    InternetStackHelper stack;
    stack.Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    link.SetChannelAttribute("Delay", TimeValue(MicroSeconds(static_cast<uint64_t>(rttMs * 500))));
    auto devices = link.Install(nodes);
    devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(LossOf(loss)));
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    auto given = addresses.Assign(devices);
    BulkSendHelper sender("ns3::TcpSocketFactory", InetSocketAddress(given.GetAddress(1), PORT));
    sender.SetAttribute("MaxBytes", UintegerValue(0));
    sender.SetAttribute("SendSize", UintegerValue(1 << 16));
    sender.Install(nodes.Get(0)).Start(Seconds(0));
    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), PORT));
    auto apps = sink.Install(nodes.Get(1));
    apps.Start(Seconds(0));
    const double warmUp = seconds / 20;
    Simulator::Stop(Seconds(warmUp));
    Simulator::Run();
    const uint64_t before = DynamicCast<PacketSink>(apps.Get(0))->GetTotalRx();
    Simulator::Stop(Seconds(seconds));
    Simulator::Run();
    const uint64_t after = DynamicCast<PacketSink>(apps.Get(0))->GetTotalRx();
    std::cout << (after - before) / seconds << std::endl;
    Simulator::Destroy();
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 2 && words[0] == "hops")
    {
        return Hops(std::atoi(argv[2]));
    }
    if (words.size() == 3 && words[0] == "md1")
    {
        return Md1(std::atof(argv[2]), std::atoi(argv[3]));
    }
    if (words.size() == 4 && words[0] == "tcp")
    {
        return Tcp(std::atof(argv[2]), std::atof(argv[3]), std::atof(argv[4]));
    }
    std::cerr << "chain hops PACKETS | md1 RHO PACKETS | tcp LOSS RTT_MS SECONDS" << std::endl;
    return 2;
}
